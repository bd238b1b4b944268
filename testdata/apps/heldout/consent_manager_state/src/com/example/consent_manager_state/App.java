package com.example.consent_manager_state;

import android.app.Application;
import android.provider.Settings;

public class App extends Application implements ConsentManager.Listener {
    @Override
    public void onCreate() {
        super.onCreate();
        ConsentManager manager = ConsentManager.getInstance(this);
        if (manager.hasUserConsented()) {
            startAnalytics();
        } else {
            manager.addListener(this);
        }
    }

    @Override
    public void onConsentChanged(int state) {
        if (state == ConsentManager.STATE_GRANTED) {
            startAnalytics();
        }
    }

    private void startAnalytics() {
        Settings.Secure.getString(this.getContentResolver(), Settings.Secure.ANDROID_ID);
    }
}
