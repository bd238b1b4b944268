package org.example.tidepool.scanner;

import android.app.Activity;
import android.content.Context;
import android.os.Bundle;
import android.telephony.TelephonyManager;

/** A screen of the feature module, which reads the IMEI. */
public class ScanActivity extends Activity {
    private String device;

    @Override
    protected void onCreate(Bundle state) {
        super.onCreate(state);
        TelephonyManager manager = (TelephonyManager) getSystemService(Context.TELEPHONY_SERVICE);
        device = manager.getDeviceId();
    }
}
