package com.example.content_observer;

import android.app.Application;
import android.content.Context;
import android.content.SharedPreferences;
import android.database.ContentObserver;
import android.os.Handler;
import android.provider.ContactsContract;
import android.telephony.TelephonyManager;
import android.util.Log;

public class App extends Application implements SharedPreferences.OnSharedPreferenceChangeListener {
    @Override
    public void onCreate() {
        super.onCreate();
        getContentResolver().registerContentObserver(
                ContactsContract.Contacts.CONTENT_URI, true, new ContactObserver(this, new Handler()));
        SharedPreferences store = this.getSharedPreferences("app", Context.MODE_PRIVATE);
        store.registerOnSharedPreferenceChangeListener(this);
        store.edit().putLong("started", System.currentTimeMillis()).apply();
        ContentObserver spare = new ContentObserver(null) {
            @Override
            public void onChange(boolean self) {
                App.this.getSystemService(TelephonyManager.class).getDeviceId();
            }
        };
        Log.d("app", "spare " + spare.deliverSelfNotifications());
    }

    @Override
    public void onSharedPreferenceChanged(SharedPreferences store, String key) {
        this.getSystemService(TelephonyManager.class).getNetworkOperatorName();
    }
}
