package com.example.strategy_by_version;

import android.app.Application;
import android.util.Log;

public class App extends Application {
    @Override
    public void onCreate() {
        super.onCreate();
        Log.d("id", Sources.choose(this).id(this));
    }
}
