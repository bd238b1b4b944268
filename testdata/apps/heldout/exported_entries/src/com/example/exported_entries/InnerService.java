package com.example.exported_entries;

import android.app.Service;
import android.content.Intent;
import android.os.IBinder;

public class InnerService extends Service {
    @Override
    public int onStartCommand(Intent intent, int flags, int id) {
        this.getPackageManager().getInstalledPackages(0);
        return START_STICKY;
    }

    @Override
    public IBinder onBind(Intent intent) {
        return null;
    }
}
