package com.example.gate_first_run;

import android.app.Application;
import android.content.SharedPreferences;
import android.provider.Settings;

public class App extends Application {
    @Override
    public void onCreate() {
        super.onCreate();
        SharedPreferences prefs = getSharedPreferences("app", MODE_PRIVATE);
        if (prefs.getBoolean("first_run", true)) {
            Settings.Secure.getString(this.getContentResolver(), Settings.Secure.ANDROID_ID);
            prefs.edit().putBoolean("first_run", false).apply();
        } else {
            this.getPackageManager().getInstalledPackages(0);
        }
    }
}
