package com.example.gate_listener;

import android.app.Activity;
import android.app.AlertDialog;
import android.content.DialogInterface;

final class ConsentDialog implements DialogInterface.OnClickListener {
    private final ConsentListener listener;

    ConsentDialog(ConsentListener listener) {
        this.listener = listener;
    }

    void show(Activity activity) {
        new AlertDialog.Builder(activity).setMessage("Privacy policy").setPositiveButton("Agree", this).show();
        listener.onShown();
    }

    @Override
    public void onClick(DialogInterface dialog, int which) {
        listener.onAgreed();
    }
}
