package com.example.two_processes;

import android.app.Service;
import android.content.Intent;
import android.os.Binder;
import android.os.IBinder;
import android.telephony.TelephonyManager;

public class CoreService extends Service {
    private final Binder binder = new Binder();

    @Override
    public IBinder onBind(Intent intent) {
        this.getSystemService(TelephonyManager.class).getDeviceId();
        return binder;
    }
}
