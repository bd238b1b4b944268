package com.example.dialog_nonblocking;

import android.app.Activity;
import android.app.AlertDialog;
import android.os.Bundle;
import android.telephony.TelephonyManager;

public class Main extends Activity {
    @Override
    protected void onCreate(Bundle state) {
        super.onCreate(state);
        showPrivacyDialog();
        initSdks();
    }

    private void showPrivacyDialog() {
        new AlertDialog.Builder(this)
                .setMessage("Do you agree to the privacy policy?")
                .setPositiveButton("Agree", null)
                .show();
    }

    private void initSdks() {
        this.getSystemService(TelephonyManager.class).getDeviceId();
    }
}
