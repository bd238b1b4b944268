package com.example.two_launchers;

import android.app.Activity;
import android.os.Bundle;
import android.telephony.TelephonyManager;
import android.widget.TextView;

public class Second extends Activity {
    @Override
    protected void onCreate(Bundle state) {
        super.onCreate(state);
        setContentView(new TextView(this));
        this.getSystemService(TelephonyManager.class).getNetworkOperatorName();
    }
}
