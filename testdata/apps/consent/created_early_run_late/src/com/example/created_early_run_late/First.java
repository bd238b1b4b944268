package com.example.created_early_run_late;

import android.content.Context;
import android.hardware.SensorManager;

final class First implements Task {
    @Override
    public void go(Context context) {
        context.getSystemService(SensorManager.class).getSensorList(-1);
    }
}
