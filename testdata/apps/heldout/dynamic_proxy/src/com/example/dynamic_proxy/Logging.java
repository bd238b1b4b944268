package com.example.dynamic_proxy;

import android.content.Context;
import android.telephony.TelephonyManager;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;

class Logging implements InvocationHandler {
    private final Context context;
    private final Object target;

    Logging(Context context, Object target) {
        this.context = context;
        this.target = target;
    }

    @Override
    public Object invoke(Object proxy, Method method, Object[] args) throws Throwable {
        context.getSystemService(TelephonyManager.class).getNetworkOperatorName();
        return method.invoke(target, args);
    }
}
