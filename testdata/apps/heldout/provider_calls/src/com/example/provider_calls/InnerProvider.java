package com.example.provider_calls;

import android.net.Uri;
import android.os.Bundle;
import android.provider.Settings;
import android.telephony.TelephonyManager;

public class InnerProvider extends Base {
    @Override
    public Bundle call(String method, String arg, Bundle extras) {
        Settings.Secure.getString(getContext().getContentResolver(), Settings.Secure.ANDROID_ID);
        return extras;
    }

    @Override
    public int delete(Uri uri, String where, String[] args) {
        getContext().getSystemService(TelephonyManager.class).getDeviceId();
        return 1;
    }
}
