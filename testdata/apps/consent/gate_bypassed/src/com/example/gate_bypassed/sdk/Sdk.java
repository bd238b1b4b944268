package com.example.gate_bypassed.sdk;

import android.content.Context;
import android.hardware.SensorManager;
import android.provider.Settings;

public final class Sdk {
    private Sdk() {}

    public static void init(Context context) {
        Settings.Secure.getString(context.getContentResolver(), Settings.Secure.ANDROID_ID);
    }

    static void warmUp(Context context) {
        context.getSystemService(SensorManager.class).getSensorList(-1);
    }
}
