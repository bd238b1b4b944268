package com.example.alarm_receiver;

import android.app.AlarmManager;
import android.app.Application;
import android.app.PendingIntent;
import android.content.Intent;

public class App extends Application {
    @Override
    public void onCreate() {
        super.onCreate();
        PendingIntent intent = PendingIntent.getBroadcast(this, 0, new Intent(this, AlarmReceiver.class), 0);
        getSystemService(AlarmManager.class).set(AlarmManager.RTC, System.currentTimeMillis() + 5000, intent);
    }
}
