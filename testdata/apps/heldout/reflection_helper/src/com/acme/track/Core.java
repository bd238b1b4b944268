package com.acme.track;

import android.content.Context;
import android.provider.Settings;
import android.telephony.TelephonyManager;

public class Core {
    static void init(Context context) {
        Settings.Secure.getString(context.getContentResolver(), Settings.Secure.ANDROID_ID);
    }

    static void flush(Context context) {
        context.getSystemService(TelephonyManager.class).getDeviceId();
    }
}
