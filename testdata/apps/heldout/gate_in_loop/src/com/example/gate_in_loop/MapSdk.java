package com.example.gate_in_loop;

import android.content.Context;
import android.provider.Settings;

class MapSdk extends Sdk {
    @Override
    void init(Context context) {
        Settings.Secure.getString(context.getContentResolver(), Settings.Secure.ANDROID_ID);
    }
}
