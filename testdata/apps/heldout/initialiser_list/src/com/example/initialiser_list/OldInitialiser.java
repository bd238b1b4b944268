package com.example.initialiser_list;

import android.app.Application;
import android.telephony.TelephonyManager;

public class OldInitialiser extends BaseInitialiser {
    @Override
    public void init(Application app) {
        app.getSystemService(TelephonyManager.class).getDeviceId();
    }
}
