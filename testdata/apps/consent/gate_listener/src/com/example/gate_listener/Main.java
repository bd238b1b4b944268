package com.example.gate_listener;

import android.app.Activity;
import android.hardware.SensorManager;
import android.os.Bundle;
import android.provider.Settings;

public class Main extends Activity implements ConsentListener {
    @Override
    protected void onCreate(Bundle state) {
        super.onCreate(state);
        new ConsentDialog(this).show(this);
    }

    @Override
    public void onShown() {
        this.getSystemService(SensorManager.class).getSensorList(-1);
    }

    @Override
    public void onAgreed() {
        Settings.Secure.getString(this.getContentResolver(), Settings.Secure.ANDROID_ID);
    }
}
