package com.example.work_service_compat;

import android.app.Application;

public class App extends Application {
    @Override
    public void onCreate() {
        super.onCreate();
        WorkService.enqueue(this, UploadService.class);
    }
}
