package com.example.gate_method_name;

import android.app.Application;
import android.telephony.TelephonyManager;

public class App extends Application {
    @Override
    public void onCreate() {
        super.onCreate();
        if (!hasAcceptedPolicy()) {
            return;
        }
        this.getSystemService(TelephonyManager.class).getSimSerialNumber();
    }

    private boolean hasAcceptedPolicy() {
        return getSharedPreferences("app", MODE_PRIVATE).getBoolean("k1", false);
    }
}
