package com.example.field_initialiser;

import android.app.Application;
import android.util.Log;

public class App extends Application {
    private final Session session = new Session();

    @Override
    public void onCreate() {
        super.onCreate();
        Log.i("app", session.toString());
    }
}
