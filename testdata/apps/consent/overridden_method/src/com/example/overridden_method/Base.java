package com.example.overridden_method;

import android.app.ActivityManager;
import android.content.Context;
import android.provider.ContactsContract;

class Base {
    void collect(Context context) {
        context.getContentResolver().query(ContactsContract.Contacts.CONTENT_URI, null, null, null, null);
    }

    void close(Context context) {
        context.getSystemService(ActivityManager.class).getRunningAppProcesses();
    }
}
