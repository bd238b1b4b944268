package com.example.consent_switch;

import android.app.Application;
import android.content.Context;
import android.hardware.Sensor;
import android.hardware.SensorManager;
import android.telephony.TelephonyManager;

public class App extends Application {
    private static final int NOT_ASKED = 0;
    private static final int AGREED = 1;
    private static final int REFUSED = 2;

    @Override
    public void onCreate() {
        super.onCreate();
        switch (this.getSharedPreferences("app", Context.MODE_PRIVATE).getInt("privacy_consent_state", NOT_ASKED)) {
            case AGREED:
                full();
                break;
            case REFUSED:
                limited();
                break;
            default:
                first();
        }
    }

    private void full() {
        this.getSystemService(TelephonyManager.class).getDeviceId();
    }

    private void limited() {
        this.getSystemService(TelephonyManager.class).getNetworkOperatorName();
    }

    private void first() {
        this.getSystemService(SensorManager.class).getSensorList(Sensor.TYPE_ALL);
    }
}
