package com.example.event_queue;

import android.content.Context;
import android.telephony.TelephonyManager;

class BuyEvent extends Event {
    @Override
    String encode(Context context) {
        return "buy" + context.getSystemService(TelephonyManager.class).getDeviceId();
    }
}
