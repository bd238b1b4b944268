package com.acme.stats;

import android.content.Context;
import android.provider.Settings;

final class Stats {
    static void start(Context context) {
        Settings.Secure.getString(context.getContentResolver(), Settings.Secure.ANDROID_ID);
    }
}
