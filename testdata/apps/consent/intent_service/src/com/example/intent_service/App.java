package com.example.intent_service;

import android.app.Application;
import android.content.ComponentName;
import android.content.Intent;

public class App extends Application {
    @Override
    public void onCreate() {
        super.onCreate();
        Intent intent = new Intent();
        intent.setComponent(new ComponentName(this, InitService.class));
        startService(intent);
    }
}
