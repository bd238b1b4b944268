package com.example.executor;

import android.app.Application;
import android.provider.Settings;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

public class App extends Application {
    private final ExecutorService pool = Executors.newFixedThreadPool(2);

    @Override
    public void onCreate() {
        super.onCreate();
        pool.execute(new Runnable() {
            @Override
            public void run() {
                Settings.Secure.getString(App.this.getContentResolver(), Settings.Secure.ANDROID_ID);
            }
        });
        pool.submit(new Callable<Integer>() {
            @Override
            public Integer call() {
                return App.this.getPackageManager().getInstalledPackages(0).size();
            }
        });
    }
}
