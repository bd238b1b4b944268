package com.example.gate_static_field;

import android.app.Application;
import android.telephony.TelephonyManager;

public class App extends Application {
    @Override
    public void onCreate() {
        super.onCreate();
        PrivacyState.load(this);
        if (PrivacyState.agreed) {
            this.getSystemService(TelephonyManager.class).getAllCellInfo();
        }
    }
}
