package com.example.future;

import android.app.Application;
import android.provider.Settings;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.FutureTask;

public class App extends Application {
    @Override
    public void onCreate() {
        super.onCreate();
        new Thread(new FutureTask<>(new Callable<String>() {
            @Override
            public String call() {
                return Settings.Secure.getString(App.this.getContentResolver(), Settings.Secure.ANDROID_ID);
            }
        })).start();
        CompletableFuture.runAsync(() -> this.getPackageManager().getInstalledPackages(0));
    }
}
