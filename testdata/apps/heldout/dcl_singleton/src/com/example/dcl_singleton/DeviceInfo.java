package com.example.dcl_singleton;

import android.content.Context;
import android.hardware.Sensor;
import android.hardware.SensorManager;
import android.provider.Settings;
import android.telephony.TelephonyManager;

final class DeviceInfo {
    private static volatile DeviceInfo instance;
    private final Context context;
    private final int sensors;
    private String androidId;
    private String carrier;

    private DeviceInfo(Context context) {
        this.context = context;
        this.sensors = context.getSystemService(SensorManager.class).getSensorList(Sensor.TYPE_ALL).size();
    }

    static DeviceInfo get(Context context) {
        if (instance == null) {
            synchronized (DeviceInfo.class) {
                if (instance == null) {
                    instance = new DeviceInfo(context.getApplicationContext());
                }
            }
        }
        return instance;
    }

    synchronized String androidId() {
        if (androidId == null) {
            androidId = Settings.Secure.getString(context.getContentResolver(), Settings.Secure.ANDROID_ID);
        }
        return androidId;
    }

    String carrier() {
        synchronized (this) {
            if (carrier == null) {
                carrier = context.getSystemService(TelephonyManager.class).getNetworkOperatorName();
            }
            return carrier + sensors;
        }
    }
}
