package com.example.event_queue;

import android.content.Context;
import android.provider.Settings;

class LaunchEvent extends Event {
    @Override
    String encode(Context context) {
        return "launch" + Settings.Secure.getString(context.getContentResolver(), Settings.Secure.ANDROID_ID);
    }
}
