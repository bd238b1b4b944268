package com.example.handler_thread;

import android.app.Application;
import android.hardware.SensorManager;
import android.os.Handler;
import android.os.HandlerThread;

public class App extends Application {
    @Override
    public void onCreate() {
        super.onCreate();
        HandlerThread thread = new HandlerThread("stats") {
            @Override
            protected void onLooperPrepared() {
                App.this.getSystemService(SensorManager.class).getSensorList(-1);
            }
        };
        thread.start();
        new Handler(thread.getLooper()).post(() -> this.getPackageManager().getInstalledPackages(0));
    }
}
