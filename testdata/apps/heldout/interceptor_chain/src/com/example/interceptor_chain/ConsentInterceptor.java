package com.example.interceptor_chain;

import android.content.Context;

class ConsentInterceptor implements Interceptor {
    @Override
    public void intercept(Chain chain) {
        if (chain.context.getSharedPreferences("app", Context.MODE_PRIVATE).getBoolean("privacy_agreed", false)) {
            chain.proceed();
        }
    }
}
