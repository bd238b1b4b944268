package com.example.dcl_singleton;

import android.app.Application;

public class App extends Application {
    @Override
    public void onCreate() {
        super.onCreate();
        DeviceInfo.get(this).carrier();
    }
}
