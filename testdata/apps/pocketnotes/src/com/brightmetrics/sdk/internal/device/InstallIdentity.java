package com.brightmetrics.sdk.internal.device;

import android.content.Context;
import android.provider.Settings;

/** Recognises one device across sessions. Planted: Android ID. */
public final class InstallIdentity {
    private final String value;

    private InstallIdentity(String value) {
        this.value = value;
    }

    public static InstallIdentity of(Context context) {
        String id = Settings.Secure.getString(
                context.getContentResolver(), Settings.Secure.ANDROID_ID);
        return new InstallIdentity(id == null ? "none" : Digest.hex(id));
    }

    public String value() {
        return value;
    }
}
