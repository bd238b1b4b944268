package com.example.gate_wrapper;

import android.app.Application;
import android.telephony.TelephonyManager;

public class App extends Application {
    @Override
    public void onCreate() {
        super.onCreate();
        if (isAgreed()) {
            this.getSystemService(TelephonyManager.class).getDeviceId();
        }
    }

    private boolean isAgreed() {
        return getSharedPreferences("app", MODE_PRIVATE).getBoolean("privacy_agreed", false);
    }
}
