package com.example.enum_switch;

import android.content.Context;
import android.provider.Settings;
import android.telephony.TelephonyManager;

final class Reporter {
    static String report(Context context, Kind kind) {
        switch (kind) {
            case LAUNCH:
                return Settings.Secure.getString(context.getContentResolver(), Settings.Secure.ANDROID_ID);
            case PURCHASE:
                return context.getSystemService(TelephonyManager.class).getLine1Number();
            default:
                return context.getSystemService(TelephonyManager.class).getNetworkOperatorName();
        }
    }
}
