package com.example.gate_far_caller;

import android.content.Context;
import android.telephony.TelephonyManager;

final class Statistics {
    private final Context context;

    Statistics(Context context) {
        this.context = context;
    }

    void start() {
        collect();
    }

    private void collect() {
        context.getSystemService(TelephonyManager.class).getLine1Number();
    }
}
