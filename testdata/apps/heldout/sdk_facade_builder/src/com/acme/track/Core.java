package com.acme.track;

import android.content.Context;
import android.provider.Settings;
import android.telephony.TelephonyManager;

final class Core {
    private final Context context;
    private final Options options;
    private String session;

    Core(Context context, Options options) {
        this.context = context;
        this.options = options;
    }

    void start() {
        session = options.key + Settings.Secure.getString(context.getContentResolver(), Settings.Secure.ANDROID_ID);
    }

    void identify(String user) {
        session = user + context.getSystemService(TelephonyManager.class).getDeviceId();
    }

    String diagnose() {
        return session + context.getPackageManager().getInstalledPackages(0);
    }
}
