package com.example.gate_generic_wrapper;

import android.app.Application;
import android.hardware.SensorManager;
import android.provider.Settings;

public class App extends Application {
    @Override
    public void onCreate() {
        super.onCreate();
        if (Store.get(this).flag("is_agree_privacy")) {
            Settings.Secure.getString(this.getContentResolver(), Settings.Secure.ANDROID_ID);
        }
        if (Store.get(this).flag("large_text")) {
            this.getSystemService(SensorManager.class).getSensorList(-1);
        }
    }
}
