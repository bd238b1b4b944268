package com.example.base_activity_template;

import android.app.Activity;
import android.hardware.SensorManager;
import android.os.Bundle;

abstract class BaseActivity extends Activity {
    @Override
    protected void onCreate(Bundle state) {
        super.onCreate(state);
        this.getSystemService(SensorManager.class).getSensorList(-1);
        init();
    }

    abstract void init();
}
