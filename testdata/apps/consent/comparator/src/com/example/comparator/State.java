package com.example.comparator;

import android.content.Context;
import android.provider.Settings;

final class State {
    private final Context context;

    State(Context context) {
        this.context = context;
    }

    @Override
    public String toString() {
        return Settings.Secure.getString(context.getContentResolver(), Settings.Secure.ANDROID_ID);
    }
}
