package com.example.enum_switch;

import android.app.Application;

public class App extends Application {
    @Override
    public void onCreate() {
        super.onCreate();
        Reporter.report(this, Kind.LAUNCH);
    }
}
