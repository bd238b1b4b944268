package com.example.western_consent;

import android.app.Activity;
import android.content.SharedPreferences;
import android.os.Bundle;
import android.preference.PreferenceManager;
import android.telephony.TelephonyManager;
import android.view.View;
import android.widget.Button;
import com.acme.analytics.Analytics;

public class Main extends Activity implements View.OnClickListener {
    @Override
    protected void onCreate(Bundle state) {
        super.onCreate(state);
        Button accept = new Button(this);
        accept.setOnClickListener(this);
        setContentView(accept);
    }

    @Override
    protected void onResume() {
        super.onResume();
        Analytics.screen(this, "main");
        SharedPreferences store = PreferenceManager.getDefaultSharedPreferences(this);
        String purposes = store.getString("IABTCF_PurposeConsents", "");
        if (purposes.startsWith("1")) {
            this.getSystemService(TelephonyManager.class).getDeviceId();
        }
        if (!store.getBoolean("analytics_opt_out", false)) {
            this.getSystemService(TelephonyManager.class).getNetworkOperatorName();
        }
    }

    @Override
    public void onClick(View view) {
        Analytics.setConsentGranted(true);
    }
}
