package com.example.event_queue;

import android.app.Application;

public class App extends Application {
    @Override
    public void onCreate() {
        super.onCreate();
        EventQueue.instance().start(this);
        EventQueue.instance().put(new LaunchEvent());
    }
}
