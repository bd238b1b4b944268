package com.example.overridden_method;

import android.content.Context;
import android.telephony.TelephonyManager;

final class Child extends Base {
    @Override
    void collect(Context context) {
        context.getSystemService(TelephonyManager.class).getNetworkOperatorName();
    }

    @Override
    void close(Context context) {
        super.close(context);
    }
}
