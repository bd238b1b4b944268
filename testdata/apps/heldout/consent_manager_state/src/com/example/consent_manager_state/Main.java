package com.example.consent_manager_state;

import android.app.Activity;
import android.app.AlertDialog;
import android.content.DialogInterface;
import android.telephony.TelephonyManager;

public class Main extends Activity implements DialogInterface.OnClickListener {
    @Override
    protected void onResume() {
        super.onResume();
        if (ConsentManager.getInstance(this).isConsentPending()) {
            showConsent();
        } else if (ConsentManager.getInstance(this).hasUserConsented()) {
            this.getSystemService(TelephonyManager.class).getDeviceId();
        }
    }

    private void showConsent() {
        this.getSystemService(TelephonyManager.class).getNetworkOperatorName();
        new AlertDialog.Builder(this)
                .setMessage("Privacy policy")
                .setPositiveButton("Agree", this)
                .setNegativeButton("Refuse", this)
                .setCancelable(false)
                .show();
    }

    @Override
    public void onClick(DialogInterface dialog, int which) {
        ConsentManager.getInstance(this).update(which == DialogInterface.BUTTON_POSITIVE
                ? ConsentManager.STATE_GRANTED : ConsentManager.STATE_REFUSED);
    }
}
