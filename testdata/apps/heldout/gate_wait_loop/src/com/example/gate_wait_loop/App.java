package com.example.gate_wait_loop;

import android.app.Application;

public class App extends Application {
    @Override
    public void onCreate() {
        super.onCreate();
        new Thread(new Starter(this), "starter").start();
    }
}
