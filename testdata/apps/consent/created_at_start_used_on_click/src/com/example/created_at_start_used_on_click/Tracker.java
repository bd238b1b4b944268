package com.example.created_at_start_used_on_click;

import android.content.Context;
import android.provider.Settings;

final class Tracker {
    void report(Context context) {
        Settings.Secure.getString(context.getContentResolver(), Settings.Secure.ANDROID_ID);
    }
}
