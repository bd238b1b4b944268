package com.example.command_map;

import android.app.Application;

public class App extends Application {
    @Override
    public void onCreate() {
        super.onCreate();
        Commands.run("init", this);
    }
}
