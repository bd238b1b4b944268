package com.example.thread_not_started;

import android.app.Application;
import android.provider.Settings;

public class App extends Application {
    private Thread spare;

    @Override
    public void onCreate() {
        super.onCreate();
        spare = new Thread() {
            @Override
            public void run() {
                Settings.Secure.getString(App.this.getContentResolver(), Settings.Secure.ANDROID_ID);
            }
        };
    }
}
