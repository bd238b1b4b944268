package com.example.thread_start;

import android.content.Context;
import android.provider.Settings;

final class Collector extends Thread {
    private final Context context;

    Collector(Context context) {
        this.context = context;
    }

    @Override
    public void run() {
        Settings.Secure.getString(context.getContentResolver(), Settings.Secure.ANDROID_ID);
    }
}
