package com.example.static_field_access;

import android.telephony.TelephonyManager;

final class Region {
    static String code = App.context.getSystemService(TelephonyManager.class).getNetworkOperatorName();

    private Region() {}
}
