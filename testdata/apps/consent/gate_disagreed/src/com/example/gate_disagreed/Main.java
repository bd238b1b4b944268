package com.example.gate_disagreed;

import android.app.Activity;
import android.app.AlertDialog;
import android.content.DialogInterface;
import android.os.Bundle;

public class Main extends Activity {
    @Override
    protected void onCreate(Bundle state) {
        super.onCreate(state);
        new AlertDialog.Builder(this)
                .setMessage("Privacy policy")
                .setPositiveButton("Agree", null)
                .setNegativeButton("Disagree", new DialogInterface.OnClickListener() {
                    @Override
                    public void onClick(DialogInterface dialog, int which) {
                        getSharedPreferences("app", MODE_PRIVATE).edit().putBoolean("user_disagreed", true).apply();
                    }
                })
                .show();
    }
}
