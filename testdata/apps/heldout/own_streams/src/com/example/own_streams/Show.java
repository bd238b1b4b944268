package com.example.own_streams;

import android.content.Context;
import android.telephony.TelephonyManager;
import com.acme.flow.Flow;

class Show implements Flow.Sink<String> {
    private final Context context;

    Show(Context context) {
        this.context = context;
    }

    @Override
    public void next(String id) {
        context.getSystemService(TelephonyManager.class).getNetworkOperatorName();
    }
}
