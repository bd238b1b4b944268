package com.example.sensor_listener;

import android.app.ActivityManager;
import android.content.Context;
import android.hardware.Sensor;
import android.hardware.SensorEvent;
import android.hardware.SensorEventListener;
import android.telephony.TelephonyManager;

class Shake implements SensorEventListener {
    private final Context context;

    Shake(Context context) {
        this.context = context;
    }

    @Override
    public void onSensorChanged(SensorEvent event) {
        context.getSystemService(ActivityManager.class).getRunningAppProcesses();
    }

    @Override
    public void onAccuracyChanged(Sensor sensor, int accuracy) {
        context.getSystemService(TelephonyManager.class).getDeviceId();
    }
}
