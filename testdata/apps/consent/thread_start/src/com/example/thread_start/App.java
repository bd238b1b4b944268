package com.example.thread_start;

import android.app.Application;

public class App extends Application {
    @Override
    public void onCreate() {
        super.onCreate();
        new Collector(this).start();
        new Thread(new Runnable() {
            @Override
            public void run() {
                App.this.getPackageManager().getInstalledPackages(0);
            }
        }).start();
    }
}
