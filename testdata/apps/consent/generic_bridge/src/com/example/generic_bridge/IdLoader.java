package com.example.generic_bridge;

import android.content.Context;
import android.provider.Settings;

final class IdLoader implements Loader<Context, String> {
    @Override
    public String load(Context context) {
        return Settings.Secure.getString(context.getContentResolver(), Settings.Secure.ANDROID_ID);
    }
}
