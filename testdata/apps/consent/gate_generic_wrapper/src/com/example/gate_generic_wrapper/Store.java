package com.example.gate_generic_wrapper;

import android.content.Context;
import android.content.SharedPreferences;

final class Store {
    private static Store instance;
    private final SharedPreferences prefs;

    private Store(Context context) {
        prefs = context.getSharedPreferences("app", Context.MODE_PRIVATE);
    }

    static Store get(Context context) {
        if (instance == null) {
            instance = new Store(context);
        }
        return instance;
    }

    boolean flag(String key) {
        return prefs.getBoolean(key, false);
    }
}
