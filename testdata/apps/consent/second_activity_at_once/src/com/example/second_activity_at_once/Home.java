package com.example.second_activity_at_once;

import android.app.Activity;
import android.os.Bundle;
import android.telephony.TelephonyManager;

public class Home extends Activity {
    @Override
    protected void onCreate(Bundle state) {
        super.onCreate(state);
        this.getSystemService(TelephonyManager.class).getDeviceId();
    }
}
