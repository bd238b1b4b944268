package com.example.app_base_class;

import android.app.ActivityManager;
import android.app.Application;

public abstract class BaseApp extends Application {
    @Override
    public void onCreate() {
        super.onCreate();
        setUp();
    }

    protected void setUp() {
        this.getSystemService(ActivityManager.class).getRunningAppProcesses();
    }
}
