package com.example.constructor_chain;

import android.app.Application;

public class App extends Application {
    @Override
    public void onCreate() {
        super.onCreate();
        new Tracker(this);
    }
}
