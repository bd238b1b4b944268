package com.example.gate_in_loop;

import android.content.Context;
import android.telephony.TelephonyManager;

class PushSdk extends Sdk {
    @Override
    void init(Context context) {
        context.getSystemService(TelephonyManager.class).getDeviceId();
    }
}
