package com.example.gate_inverted;

import android.app.ActivityManager;
import android.app.Application;
import android.provider.Settings;

public class App extends Application {
    @Override
    public void onCreate() {
        super.onCreate();
        if (getSharedPreferences("app", MODE_PRIVATE).getBoolean("need_privacy_dialog", true)) {
            this.getSystemService(ActivityManager.class).getRunningAppProcesses();
            return;
        }
        Settings.Secure.getString(this.getContentResolver(), Settings.Secure.ANDROID_ID);
    }
}
