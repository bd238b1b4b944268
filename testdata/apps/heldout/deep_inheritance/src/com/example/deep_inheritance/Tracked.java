package com.example.deep_inheritance;

import android.hardware.Sensor;
import android.hardware.SensorManager;

public abstract class Tracked extends Root {
    @Override
    protected void prepare() {
        super.prepare();
        report(getClass().getSimpleName());
    }

    protected void report(String page) {
        this.getSystemService(SensorManager.class).getSensorList(Sensor.TYPE_ALL);
    }
}
