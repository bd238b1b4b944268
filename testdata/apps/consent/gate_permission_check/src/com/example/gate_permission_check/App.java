package com.example.gate_permission_check;

import android.app.Application;
import android.content.pm.PackageManager;
import android.telephony.TelephonyManager;

public class App extends Application {
    @Override
    public void onCreate() {
        super.onCreate();
        if (checkSelfPermission("android.permission.READ_PHONE_STATE") == PackageManager.PERMISSION_GRANTED) {
            this.getSystemService(TelephonyManager.class).getDeviceId();
        }
    }
}
