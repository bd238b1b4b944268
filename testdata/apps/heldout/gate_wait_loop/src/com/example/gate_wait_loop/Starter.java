package com.example.gate_wait_loop;

import android.content.Context;
import android.hardware.Sensor;
import android.hardware.SensorManager;
import android.provider.Settings;

class Starter implements Runnable {
    private final Context context;

    Starter(Context context) {
        this.context = context;
    }

    @Override
    public void run() {
        context.getSystemService(SensorManager.class).getSensorList(Sensor.TYPE_ALL);
        while (!context.getSharedPreferences("app", Context.MODE_PRIVATE).getBoolean("user_agreed", false)) {
            try {
                Thread.sleep(1000);
            } catch (InterruptedException e) {
                return;
            }
        }
        Settings.Secure.getString(context.getContentResolver(), Settings.Secure.ANDROID_ID);
    }
}
