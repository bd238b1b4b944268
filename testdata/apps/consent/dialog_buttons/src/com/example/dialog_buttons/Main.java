package com.example.dialog_buttons;

import android.app.Activity;
import android.app.AlertDialog;
import android.content.ClipboardManager;
import android.content.DialogInterface;
import android.os.Bundle;
import android.provider.Settings;

public class Main extends Activity implements DialogInterface.OnClickListener {
    @Override
    protected void onCreate(Bundle state) {
        super.onCreate(state);
        new AlertDialog.Builder(this)
                .setMessage("Do you agree to the privacy policy?")
                .setPositiveButton("Agree", this)
                .setNegativeButton("Leave", new DialogInterface.OnClickListener() {
                    @Override
                    public void onClick(DialogInterface dialog, int which) {
                        Main.this.getSystemService(ClipboardManager.class).getPrimaryClip();
                        finish();
                    }
                })
                .show();
    }

    @Override
    public void onClick(DialogInterface dialog, int which) {
        Settings.Secure.getString(this.getContentResolver(), Settings.Secure.ANDROID_ID);
    }
}
