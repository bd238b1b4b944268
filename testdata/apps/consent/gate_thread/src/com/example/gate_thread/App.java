package com.example.gate_thread;

import android.app.Application;
import android.provider.Settings;

public class App extends Application {
    @Override
    public void onCreate() {
        super.onCreate();
        if (agreed()) {
            new Thread(new Runnable() {
                @Override
                public void run() {
                    Settings.Secure.getString(App.this.getContentResolver(), Settings.Secure.ANDROID_ID);
                }
            }).start();
        }
        new Thread(new Runnable() {
            @Override
            public void run() {
                if (agreed()) {
                    App.this.getPackageManager().getInstalledPackages(0);
                }
            }
        }).start();
    }

    boolean agreed() {
        return getSharedPreferences("app", MODE_PRIVATE).getBoolean("privacy_agreed", false);
    }
}
