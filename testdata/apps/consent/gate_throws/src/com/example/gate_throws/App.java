package com.example.gate_throws;

import android.app.Application;
import android.provider.Settings;
import android.util.Log;

public class App extends Application {
    @Override
    public void onCreate() {
        super.onCreate();
        try {
            requireConsent();
            Settings.Secure.getString(this.getContentResolver(), Settings.Secure.ANDROID_ID);
        } catch (IllegalStateException e) {
            Log.i("app", "not yet");
        }
    }

    private void requireConsent() {
        if (!getSharedPreferences("app", MODE_PRIVATE).getBoolean("privacy_agreed", false)) {
            throw new IllegalStateException("no consent");
        }
    }
}
