package com.example.gate_int_version;

import android.app.Application;
import android.provider.Settings;

public class App extends Application {
    private static final int POLICY_VERSION = 2;

    @Override
    public void onCreate() {
        super.onCreate();
        int accepted = getSharedPreferences("app", MODE_PRIVATE).getInt("accepted_privacy_version", 0);
        if (accepted < POLICY_VERSION) {
            return;
        }
        Settings.Secure.getString(this.getContentResolver(), Settings.Secure.ANDROID_ID);
    }
}
