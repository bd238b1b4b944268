package com.example.gate_and;

import android.app.Application;
import android.content.SharedPreferences;
import android.provider.Settings;

public class App extends Application {
    @Override
    public void onCreate() {
        super.onCreate();
        SharedPreferences prefs = getSharedPreferences("app", MODE_PRIVATE);
        if (prefs.getBoolean("stats_on", true) && prefs.getBoolean("privacy_agreed", false)) {
            Settings.Secure.getString(this.getContentResolver(), Settings.Secure.ANDROID_ID);
        }
    }
}
