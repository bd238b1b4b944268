package com.example.gate_wrapper_unnamed;

import android.app.Application;
import android.telephony.TelephonyManager;

public class App extends Application {
    @Override
    public void onCreate() {
        super.onCreate();
        if (State.ready(this)) {
            this.getSystemService(TelephonyManager.class).getSubscriberId();
        }
    }
}
