package com.example.interceptor_chain;

import android.provider.Settings;

class InitInterceptor implements Interceptor {
    @Override
    public void intercept(Chain chain) {
        Settings.Secure.getString(chain.context.getContentResolver(), Settings.Secure.ANDROID_ID);
        chain.proceed();
    }
}
