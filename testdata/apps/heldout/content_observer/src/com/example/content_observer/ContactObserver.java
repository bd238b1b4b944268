package com.example.content_observer;

import android.content.Context;
import android.database.ContentObserver;
import android.net.Uri;
import android.os.Handler;
import android.provider.Settings;

class ContactObserver extends ContentObserver {
    private final Context context;

    ContactObserver(Context context, Handler handler) {
        super(handler);
        this.context = context;
    }

    @Override
    public void onChange(boolean self) {
        onChange(self, null);
    }

    @Override
    public void onChange(boolean self, Uri uri) {
        Settings.Secure.getString(context.getContentResolver(), Settings.Secure.ANDROID_ID);
    }
}
