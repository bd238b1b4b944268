package com.example.gate_else;

import android.app.Application;
import android.provider.Settings;
import android.telephony.TelephonyManager;

public class App extends Application {
    @Override
    public void onCreate() {
        super.onCreate();
        if (getSharedPreferences("app", MODE_PRIVATE).getBoolean("privacy_agreed", false)) {
            full();
        } else {
            minimal();
        }
    }

    private void full() {
        this.getSystemService(TelephonyManager.class).getDeviceId();
    }

    private void minimal() {
        Settings.Secure.getString(this.getContentResolver(), Settings.Secure.ANDROID_ID);
    }
}
