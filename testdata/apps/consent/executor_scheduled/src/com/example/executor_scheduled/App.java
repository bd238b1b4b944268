package com.example.executor_scheduled;

import android.app.ActivityManager;
import android.app.Application;
import android.provider.Settings;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

public class App extends Application {
    @Override
    public void onCreate() {
        super.onCreate();
        ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
        clock.schedule(new Runnable() {
            @Override
            public void run() {
                Settings.Secure.getString(App.this.getContentResolver(), Settings.Secure.ANDROID_ID);
            }
        }, 3, TimeUnit.SECONDS);
        clock.scheduleAtFixedRate(() -> this.getSystemService(ActivityManager.class).getRunningAppProcesses(), 0, 60, TimeUnit.SECONDS);
    }
}
