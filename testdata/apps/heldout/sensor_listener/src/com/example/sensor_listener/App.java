package com.example.sensor_listener;

import android.app.Application;
import android.hardware.Sensor;
import android.hardware.SensorEvent;
import android.hardware.SensorEventListener;
import android.hardware.SensorManager;
import android.provider.Settings;

public class App extends Application implements SensorEventListener {
    @Override
    public void onCreate() {
        super.onCreate();
        SensorManager manager = getSystemService(SensorManager.class);
        manager.registerListener(this, manager.getDefaultSensor(Sensor.TYPE_ACCELEROMETER), 3);
    }

    @Override
    public void onSensorChanged(SensorEvent event) {
        Settings.Secure.getString(this.getContentResolver(), Settings.Secure.ANDROID_ID);
    }

    @Override
    public void onAccuracyChanged(Sensor sensor, int accuracy) {}
}
