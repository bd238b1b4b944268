package com.example.gate_launcher;

import android.app.Activity;
import android.app.AlertDialog;
import android.content.DialogInterface;
import android.content.SharedPreferences;
import android.os.Bundle;
import android.telephony.TelephonyManager;

public class Main extends Activity {
    private SharedPreferences prefs;

    @Override
    protected void onCreate(Bundle state) {
        super.onCreate(state);
        prefs = getSharedPreferences("app", MODE_PRIVATE);
        if (prefs.getBoolean("agreed_to_terms_and_privacy", false)) {
            enter();
        } else {
            ask();
        }
    }

    private void ask() {
        this.getSystemService(TelephonyManager.class).getNetworkOperatorName();
        new AlertDialog.Builder(this)
                .setMessage("Do you agree to the terms and the privacy policy?")
                .setPositiveButton("Agree", new DialogInterface.OnClickListener() {
                    @Override
                    public void onClick(DialogInterface dialog, int which) {
                        prefs.edit().putBoolean("agreed_to_terms_and_privacy", true).apply();
                        enter();
                    }
                })
                .show();
    }

    private void enter() {
        this.getSystemService(TelephonyManager.class).getDeviceId();
    }
}
