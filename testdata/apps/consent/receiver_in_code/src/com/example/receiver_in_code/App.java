package com.example.receiver_in_code;

import android.app.Application;
import android.content.BroadcastReceiver;
import android.content.Context;
import android.content.Intent;
import android.content.IntentFilter;
import android.provider.Settings;

public class App extends Application {
    @Override
    public void onCreate() {
        super.onCreate();
        registerReceiver(new BroadcastReceiver() {
            @Override
            public void onReceive(Context context, Intent intent) {
                Settings.Secure.getString(context.getContentResolver(), Settings.Secure.ANDROID_ID);
            }
        }, new IntentFilter(Intent.ACTION_TIME_TICK));
    }
}
