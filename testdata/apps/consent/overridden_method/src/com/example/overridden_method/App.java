package com.example.overridden_method;

import android.app.Application;

public class App extends Application {
    @Override
    public void onCreate() {
        super.onCreate();
        Base base = new Child();
        base.collect(this);
        base.close(this);
    }
}
