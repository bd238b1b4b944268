package com.example.gate_static_field;

import android.content.Context;

final class PrivacyState {
    static boolean agreed;

    private PrivacyState() {}

    static void load(Context context) {
        agreed = context.getSharedPreferences("app", Context.MODE_PRIVATE).getBoolean("k2", false);
    }
}
