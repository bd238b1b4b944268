package com.example.strategy_by_version;

import android.content.Context;
import android.telephony.TelephonyManager;

class SourceOreo implements IdSource {
    @Override
    public String id(Context context) {
        return context.getSystemService(TelephonyManager.class).getDeviceId();
    }
}
