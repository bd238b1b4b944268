package com.example.own_streams;

import android.content.Context;
import android.provider.Settings;
import com.acme.flow.Flow;

class ReadId implements Flow.Map<Context, String> {
    @Override
    public String apply(Context context) {
        return Settings.Secure.getString(context.getContentResolver(), Settings.Secure.ANDROID_ID);
    }
}
