package com.example.enum_init;

import android.content.Context;
import android.telephony.TelephonyManager;

enum Mode {
    FULL {
        @Override
        void start(Context context) {
            context.getPackageManager().getInstalledPackages(0);
        }
    },
    SMALL {
        @Override
        void start(Context context) {
            context.getSystemService(TelephonyManager.class).getNetworkOperatorName();
        }
    };

    abstract void start(Context context);
}
