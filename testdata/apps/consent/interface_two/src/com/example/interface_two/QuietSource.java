package com.example.interface_two;

import android.content.Context;
import android.telephony.TelephonyManager;

final class QuietSource implements Source {
    @Override
    public void load(Context context) {
        context.getSystemService(TelephonyManager.class).getNetworkOperatorName();
    }
}
