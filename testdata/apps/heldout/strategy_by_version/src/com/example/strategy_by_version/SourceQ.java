package com.example.strategy_by_version;

import android.content.Context;
import android.provider.Settings;

class SourceQ implements IdSource {
    @Override
    public String id(Context context) {
        return Settings.Secure.getString(context.getContentResolver(), Settings.Secure.ANDROID_ID);
    }
}
