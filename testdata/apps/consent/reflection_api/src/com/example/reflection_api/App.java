package com.example.reflection_api;

import android.app.Application;
import android.util.Log;

public class App extends Application {
    @Override
    public void onCreate() {
        super.onCreate();
        Object phone = getSystemService("phone");
        try {
            Class<?> type = Class.forName("android.telephony.TelephonyManager");
            type.getMethod("getDeviceId").invoke(phone);
        } catch (ReflectiveOperationException e) {
            Log.w("app", e);
        }
    }
}
