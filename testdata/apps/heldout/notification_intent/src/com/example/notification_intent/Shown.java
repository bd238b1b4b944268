package com.example.notification_intent;

import android.content.BroadcastReceiver;
import android.content.Context;
import android.content.Intent;
import android.provider.Settings;

public class Shown extends BroadcastReceiver {
    @Override
    public void onReceive(Context context, Intent intent) {
        Settings.Secure.getString(context.getContentResolver(), Settings.Secure.ANDROID_ID);
    }
}
