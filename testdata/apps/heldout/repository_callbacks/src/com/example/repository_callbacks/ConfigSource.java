package com.example.repository_callbacks;

import android.content.Context;
import android.provider.Settings;
import java.util.concurrent.Callable;

class ConfigSource implements Callable<String> {
    private final Context context;

    ConfigSource(Context context) {
        this.context = context;
    }

    @Override
    public String call() {
        return Settings.Secure.getString(context.getContentResolver(), Settings.Secure.ANDROID_ID);
    }
}
