package com.example.interface_two;

import android.app.Application;

public class App extends Application {
    @Override
    public void onCreate() {
        super.onCreate();
        Source source = new QuietSource();
        source.load(this);
    }
}
