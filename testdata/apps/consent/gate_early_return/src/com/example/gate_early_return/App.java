package com.example.gate_early_return;

import android.app.ActivityManager;
import android.app.Application;
import android.content.SharedPreferences;
import android.provider.Settings;

public class App extends Application {
    @Override
    public void onCreate() {
        super.onCreate();
        this.getSystemService(ActivityManager.class).getRunningAppProcesses();
        SharedPreferences prefs = getSharedPreferences("app", MODE_PRIVATE);
        if (!prefs.getBoolean("privacy_agreed", false)) {
            return;
        }
        Settings.Secure.getString(this.getContentResolver(), Settings.Secure.ANDROID_ID);
    }
}
