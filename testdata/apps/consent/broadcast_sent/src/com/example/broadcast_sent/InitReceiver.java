package com.example.broadcast_sent;

import android.content.BroadcastReceiver;
import android.content.Context;
import android.content.Intent;

public class InitReceiver extends BroadcastReceiver {
    @Override
    public void onReceive(Context context, Intent intent) {
        context.getPackageManager().getInstalledPackages(0);
    }
}
