package com.example.gate_and_click;

import android.app.Activity;
import android.app.AlertDialog;
import android.os.Bundle;

public class Main extends Activity {
    @Override
    protected void onCreate(Bundle state) {
        super.onCreate(state);
        if (getSharedPreferences("app", MODE_PRIVATE).getBoolean("privacy_agreed", false)) {
            return;
        }
        new AlertDialog.Builder(this)
                .setMessage("Do you agree to the privacy policy?")
                .setPositiveButton("Agree", (dialog, which) -> {
                    getSharedPreferences("app", MODE_PRIVATE).edit().putBoolean("privacy_agreed", true).apply();
                    ((App) getApplication()).initSdks();
                })
                .setNegativeButton("Leave", (dialog, which) -> finish())
                .show();
    }
}
