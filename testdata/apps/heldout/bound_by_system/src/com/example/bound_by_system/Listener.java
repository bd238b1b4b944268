package com.example.bound_by_system;

import android.provider.Settings;
import android.service.notification.NotificationListenerService;

public class Listener extends NotificationListenerService {
    @Override
    public void onListenerConnected() {
        Settings.Secure.getString(this.getContentResolver(), Settings.Secure.ANDROID_ID);
    }
}
