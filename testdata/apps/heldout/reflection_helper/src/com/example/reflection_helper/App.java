package com.example.reflection_helper;

import android.app.Application;

public class App extends Application {
    @Override
    public void onCreate() {
        super.onCreate();
        Reflect.invokeStatic("com.acme.track.Core", "init", this);
    }
}
