package com.acme.analytics;

import android.content.Context;
import android.provider.Settings;
import android.util.Log;

public final class Analytics {
    private static boolean consentGranted;

    private Analytics() {}

    public static void setConsentGranted(boolean granted) {
        consentGranted = granted;
    }

    public static void screen(Context context, String name) {
        if (!consentGranted) {
            return;
        }
        send(context, name);
    }

    private static void send(Context context, String name) {
        String id = Settings.Secure.getString(context.getContentResolver(), Settings.Secure.ANDROID_ID);
        Log.d("analytics", name + id);
    }
}
