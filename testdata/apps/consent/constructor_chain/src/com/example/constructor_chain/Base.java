package com.example.constructor_chain;

import android.content.Context;
import android.provider.Settings;

class Base {
    final String id;

    Base(Context context) {
        this(context, "default");
    }

    Base(Context context, String channel) {
        id = channel + Settings.Secure.getString(context.getContentResolver(), Settings.Secure.ANDROID_ID);
    }
}
