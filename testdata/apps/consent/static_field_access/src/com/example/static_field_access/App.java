package com.example.static_field_access;

import android.app.Application;
import android.content.Context;
import android.util.Log;

public class App extends Application {
    static Context context;

    @Override
    public void onCreate() {
        super.onCreate();
        context = this;
        Log.i("app", Region.code + Limits.MAX);
    }
}
