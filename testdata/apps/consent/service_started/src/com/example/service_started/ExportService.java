package com.example.service_started;

import android.app.Service;
import android.content.Intent;
import android.os.IBinder;
import android.provider.ContactsContract;

public class ExportService extends Service {
    @Override
    public int onStartCommand(Intent intent, int flags, int id) {
        this.getContentResolver().query(ContactsContract.Contacts.CONTENT_URI, null, null, null, null);
        return START_NOT_STICKY;
    }

    @Override
    public IBinder onBind(Intent intent) {
        return null;
    }
}
