package com.example.initialiser_list;

import android.app.Application;
import android.telephony.TelephonyManager;

public class MapInitialiser extends BaseInitialiser {
    @Override
    public void init(Application app) {
        app.getSystemService(TelephonyManager.class).getNetworkOperatorName();
    }
}
