package com.example.exported_entries;

import android.app.Service;
import android.content.Intent;
import android.os.Binder;
import android.os.IBinder;
import android.telephony.TelephonyManager;

public class ShareService extends Service {
    @Override
    public IBinder onBind(Intent intent) {
        this.getSystemService(TelephonyManager.class).getNetworkOperatorName();
        return new Binder();
    }
}
