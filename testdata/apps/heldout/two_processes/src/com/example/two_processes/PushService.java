package com.example.two_processes;

import android.app.Service;
import android.content.Intent;
import android.hardware.Sensor;
import android.hardware.SensorManager;
import android.os.IBinder;

public class PushService extends Service {
    @Override
    public void onCreate() {
        super.onCreate();
        this.getSystemService(SensorManager.class).getSensorList(Sensor.TYPE_ALL);
    }

    @Override
    public IBinder onBind(Intent intent) {
        return null;
    }
}
