package com.acme.push;

import android.content.Context;
import android.provider.Settings;
import android.telephony.TelephonyManager;

public class PushAgent {
    private static final PushAgent INSTANCE = new PushAgent();
    private String device = "";

    public static PushAgent getInstance() {
        return INSTANCE;
    }

    public void init(Context context, PushConfig config) {
        if (config.isCollectAndroidId()) {
            readId(context);
        }
        if (config.isCollectCarrier()) {
            readCarrier(context);
        }
    }

    private void readId(Context context) {
        device += Settings.Secure.getString(context.getContentResolver(), Settings.Secure.ANDROID_ID);
    }

    private void readCarrier(Context context) {
        device += context.getSystemService(TelephonyManager.class).getNetworkOperatorName();
    }
}
