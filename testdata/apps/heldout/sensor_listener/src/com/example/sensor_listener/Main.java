package com.example.sensor_listener;

import android.app.Activity;
import android.hardware.Sensor;
import android.hardware.SensorManager;
import android.os.Bundle;
import android.view.View;
import android.widget.Button;

public class Main extends Activity implements View.OnClickListener {
    private final Shake shake = new Shake(this);

    @Override
    protected void onCreate(Bundle state) {
        super.onCreate(state);
        Button start = new Button(this);
        start.setOnClickListener(this);
        setContentView(start);
    }

    @Override
    public void onClick(View view) {
        SensorManager manager = getSystemService(SensorManager.class);
        manager.registerListener(shake, manager.getDefaultSensor(Sensor.TYPE_GYROSCOPE), 3);
    }
}
