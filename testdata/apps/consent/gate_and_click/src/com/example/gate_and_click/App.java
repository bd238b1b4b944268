package com.example.gate_and_click;

import android.app.Application;
import android.telephony.TelephonyManager;

public class App extends Application {
    @Override
    public void onCreate() {
        super.onCreate();
        if (getSharedPreferences("app", MODE_PRIVATE).getBoolean("privacy_agreed", false)) {
            initSdks();
        }
    }

    void initSdks() {
        this.getSystemService(TelephonyManager.class).getDeviceId();
    }
}
