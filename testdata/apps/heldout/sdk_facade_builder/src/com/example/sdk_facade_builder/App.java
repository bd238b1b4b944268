package com.example.sdk_facade_builder;

import android.app.Application;
import com.acme.track.Tracker;

public class App extends Application {
    @Override
    public void onCreate() {
        super.onCreate();
        Tracker.with(this).appKey("5f3a").channel("store").logLevel(2).start();
    }
}
