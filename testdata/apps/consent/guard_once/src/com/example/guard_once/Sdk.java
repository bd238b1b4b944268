package com.example.guard_once;

import android.content.Context;
import android.provider.Settings;

final class Sdk {
    private static boolean started;

    private Sdk() {}

    static synchronized void init(Context context) {
        if (started) {
            return;
        }
        started = true;
        Settings.Secure.getString(context.getContentResolver(), Settings.Secure.ANDROID_ID);
    }
}
