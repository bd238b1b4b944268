package com.example.async_chain;

import android.content.Context;
import android.os.AsyncTask;
import android.provider.Settings;
import android.telephony.TelephonyManager;

class Second extends AsyncTask<Boolean, Void, String> {
    private final Context context;

    Second(Context context) {
        this.context = context;
    }

    @Override
    protected String doInBackground(Boolean... done) {
        return done[0] ? Settings.Secure.getString(context.getContentResolver(), Settings.Secure.ANDROID_ID) : "";
    }

    @Override
    protected void onCancelled(String result) {
        context.getSystemService(TelephonyManager.class).getDeviceId();
    }
}
