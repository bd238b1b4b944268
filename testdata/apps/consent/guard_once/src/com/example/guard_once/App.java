package com.example.guard_once;

import android.app.Application;

public class App extends Application {
    @Override
    public void onCreate() {
        super.onCreate();
        Sdk.init(this);
    }
}
