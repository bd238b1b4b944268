package com.example.event_bus;

import android.app.Application;

public class App extends Application {
    @Override
    public void onCreate() {
        super.onCreate();
        Bus.register(new Statistics(this));
        Bus.post(new StartEvent());
    }
}
