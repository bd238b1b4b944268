package com.example.consent_dialog_fragment;

import android.app.Activity;
import android.telephony.TelephonyManager;

public class HomeActivity extends Activity {
    @Override
    protected void onStart() {
        super.onStart();
        this.getSystemService(TelephonyManager.class).getDeviceId();
    }
}
