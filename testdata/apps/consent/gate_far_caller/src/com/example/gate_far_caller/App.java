package com.example.gate_far_caller;

import android.app.Application;

public class App extends Application {
    @Override
    public void onCreate() {
        super.onCreate();
        if (getSharedPreferences("app", MODE_PRIVATE).getBoolean("privacy_agreed", false)) {
            initSdks();
        }
    }

    private void initSdks() {
        new Statistics(this).start();
    }
}
