package com.example.gate_helper_class;

import android.content.Context;
import android.content.SharedPreferences;

final class ConsentManager {
    private static ConsentManager instance;
    private final SharedPreferences prefs;

    private ConsentManager(Context context) {
        prefs = context.getSharedPreferences("consent", Context.MODE_PRIVATE);
    }

    static synchronized ConsentManager get(Context context) {
        if (instance == null) {
            instance = new ConsentManager(context.getApplicationContext());
        }
        return instance;
    }

    boolean isAccepted() {
        return prefs.getBoolean("accepted", false);
    }

    void accept() {
        prefs.edit().putBoolean("accepted", true).apply();
    }
}
