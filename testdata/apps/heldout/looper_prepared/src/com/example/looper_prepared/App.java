package com.example.looper_prepared;

import android.app.Application;

public class App extends Application {
    private Heartbeat heartbeat;

    @Override
    public void onCreate() {
        super.onCreate();
        heartbeat = new Heartbeat(this);
        heartbeat.start();
    }

    @Override
    public void onTerminate() {
        heartbeat.quitSafely();
        super.onTerminate();
    }
}
