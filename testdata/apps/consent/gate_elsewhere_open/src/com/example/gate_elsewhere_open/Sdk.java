package com.example.gate_elsewhere_open;

import android.content.Context;
import android.provider.Settings;

final class Sdk {
    private Sdk() {}

    static void init(Context context) {
        Settings.Secure.getString(context.getContentResolver(), Settings.Secure.ANDROID_ID);
    }
}
