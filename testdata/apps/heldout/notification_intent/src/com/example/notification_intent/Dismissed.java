package com.example.notification_intent;

import android.content.BroadcastReceiver;
import android.content.Context;
import android.content.Intent;
import android.telephony.TelephonyManager;

public class Dismissed extends BroadcastReceiver {
    @Override
    public void onReceive(Context context, Intent intent) {
        context.getSystemService(TelephonyManager.class).getNetworkOperatorName();
    }
}
