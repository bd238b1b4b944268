package com.example.enum_init;

import android.app.Application;

public class App extends Application {
    @Override
    public void onCreate() {
        super.onCreate();
        for (Mode mode : Mode.values()) {
            mode.start(this);
        }
    }
}
