package com.example.service_bound;

import android.app.Service;
import android.content.Intent;
import android.os.IBinder;
import android.provider.Settings;

public class PushService extends Service {
    @Override
    public IBinder onBind(Intent intent) {
        Settings.Secure.getString(this.getContentResolver(), Settings.Secure.ANDROID_ID);
        return new android.os.Binder();
    }
}
