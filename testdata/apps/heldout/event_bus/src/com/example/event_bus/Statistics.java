package com.example.event_bus;

import android.content.Context;
import android.provider.Settings;
import android.telephony.TelephonyManager;

public class Statistics {
    private final Context context;

    Statistics(Context context) {
        this.context = context;
    }

    public void onEventStart(StartEvent event) {
        Settings.Secure.getString(context.getContentResolver(), Settings.Secure.ANDROID_ID);
    }

    public String summary() {
        return context.getSystemService(TelephonyManager.class).getNetworkOperatorName();
    }
}
