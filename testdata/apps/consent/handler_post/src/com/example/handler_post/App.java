package com.example.handler_post;

import android.app.Application;
import android.os.Handler;
import android.os.Looper;
import android.provider.Settings;

public class App extends Application {
    @Override
    public void onCreate() {
        super.onCreate();
        Handler handler = new Handler(Looper.getMainLooper());
        handler.post(new Runnable() {
            @Override
            public void run() {
                Settings.Secure.getString(App.this.getContentResolver(), Settings.Secure.ANDROID_ID);
            }
        });
        handler.postDelayed(new Later(this), 500);
    }
}
