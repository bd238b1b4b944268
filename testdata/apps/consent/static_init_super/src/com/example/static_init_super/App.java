package com.example.static_init_super;

import android.app.Application;

public class App extends Application {
    @Override
    public void onCreate() {
        super.onCreate();
        new Child().hello();
    }
}
