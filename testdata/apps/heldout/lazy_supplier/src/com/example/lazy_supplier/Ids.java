package com.example.lazy_supplier;

import android.content.Context;
import android.provider.Settings;
import android.telephony.TelephonyManager;
import java.util.function.Supplier;

final class Ids {
    final Lazy<String> androidId;
    final Lazy<String> carrier;
    final Lazy<String> imei;

    Ids(final Context context) {
        androidId = new Lazy<>(new Supplier<String>() {
            @Override
            public String get() {
                return Settings.Secure.getString(context.getContentResolver(), Settings.Secure.ANDROID_ID);
            }
        });
        carrier = new Lazy<>(new Supplier<String>() {
            @Override
            public String get() {
                return context.getSystemService(TelephonyManager.class).getNetworkOperatorName();
            }
        });
        imei = new Lazy<>(new Supplier<String>() {
            @Override
            public String get() {
                return context.getSystemService(TelephonyManager.class).getDeviceId();
            }
        });
    }
}
