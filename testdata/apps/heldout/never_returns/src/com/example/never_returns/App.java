package com.example.never_returns;

import android.app.Application;
import android.provider.Settings;
import android.telephony.TelephonyManager;

public class App extends Application {
    @Override
    public void onCreate() {
        super.onCreate();
        try {
            check("5.0");
            this.getSystemService(TelephonyManager.class).getDeviceId();
        } catch (IllegalStateException e) {
            this.getSystemService(TelephonyManager.class).getNetworkOperatorName();
        } finally {
            Settings.Secure.getString(this.getContentResolver(), Settings.Secure.ANDROID_ID);
        }
    }

    private static void check(String version) {
        throw new IllegalStateException("not version " + version);
    }
}
