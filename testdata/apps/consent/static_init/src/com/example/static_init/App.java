package com.example.static_init;

import android.app.Application;

public class App extends Application {
    @Override
    public void onCreate() {
        super.onCreate();
        Hardware.warmUp();
    }
}
