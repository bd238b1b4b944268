package com.example.cache_miss;

import android.content.Context;
import android.content.SharedPreferences;
import android.provider.Settings;

final class Ids {
    private Ids() {}

    static String get(Context context) {
        SharedPreferences prefs = context.getSharedPreferences("ids", Context.MODE_PRIVATE);
        String id = prefs.getString("device_id", null);
        if (id == null) {
            id = Settings.Secure.getString(context.getContentResolver(), Settings.Secure.ANDROID_ID);
            prefs.edit().putString("device_id", id).apply();
        }
        return id;
    }
}
