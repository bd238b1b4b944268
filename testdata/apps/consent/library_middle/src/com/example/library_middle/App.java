package com.example.library_middle;

import android.app.Application;
import okhttp3.internal.Dispatcher;
import okhttp3.internal.Platform;

public class App extends Application implements Runnable {
    @Override
    public void onCreate() {
        super.onCreate();
        Platform.deviceId(this);
        new Dispatcher().enqueue(this);
    }

    @Override
    public void run() {
        this.getPackageManager().getInstalledPackages(0);
    }
}
