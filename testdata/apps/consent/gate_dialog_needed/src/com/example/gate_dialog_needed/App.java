package com.example.gate_dialog_needed;

import android.app.ActivityManager;
import android.app.Application;
import android.provider.Settings;

public class App extends Application {
    @Override
    public void onCreate() {
        super.onCreate();
        if (needsPrivacyConsent()) {
            this.getSystemService(ActivityManager.class).getRunningAppProcesses();
            return;
        }
        Settings.Secure.getString(this.getContentResolver(), Settings.Secure.ANDROID_ID);
    }

    private boolean needsPrivacyConsent() {
        return !getSharedPreferences("app", MODE_PRIVATE).getBoolean("privacy_agreed", false);
    }
}
