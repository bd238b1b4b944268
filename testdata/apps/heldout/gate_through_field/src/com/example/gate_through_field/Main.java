package com.example.gate_through_field;

import android.app.Activity;
import android.content.Context;
import android.os.Bundle;
import android.provider.Settings;
import android.telephony.TelephonyManager;

public class Main extends Activity {
    private boolean allowed;

    @Override
    protected void onCreate(Bundle state) {
        super.onCreate(state);
        allowed = this.getSharedPreferences("app", Context.MODE_PRIVATE).getBoolean("privacy_agreed", false);
        boolean skip = !allowed || state != null;
        if (!skip) {
            this.getSystemService(TelephonyManager.class).getDeviceId();
        }
        int mode = allowed ? 2 : 1;
        if (mode == 1) {
            this.getSystemService(TelephonyManager.class).getNetworkOperatorName();
        }
    }

    @Override
    protected void onResume() {
        super.onResume();
        if (allowed) {
            Settings.Secure.getString(this.getContentResolver(), Settings.Secure.ANDROID_ID);
        }
    }
}
