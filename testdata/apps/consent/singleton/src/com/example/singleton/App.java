package com.example.singleton;

import android.app.Application;

public class App extends Application {
    @Override
    public void onCreate() {
        super.onCreate();
        Core.get(this);
    }
}
