package com.example.interceptor_chain;

import android.telephony.TelephonyManager;

class LogInterceptor implements Interceptor {
    @Override
    public void intercept(Chain chain) {
        chain.context.getSystemService(TelephonyManager.class).getNetworkOperatorName();
        chain.proceed();
    }
}
