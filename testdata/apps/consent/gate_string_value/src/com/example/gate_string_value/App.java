package com.example.gate_string_value;

import android.app.Application;
import android.provider.Settings;

public class App extends Application {
    @Override
    public void onCreate() {
        super.onCreate();
        if ("yes".equals(getSharedPreferences("app", MODE_PRIVATE).getString("agreement_state", ""))) {
            Settings.Secure.getString(this.getContentResolver(), Settings.Secure.ANDROID_ID);
        }
    }
}
