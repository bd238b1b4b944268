package com.example.consent_dialog_fragment;

import android.app.AlertDialog;
import android.app.Dialog;
import android.app.DialogFragment;
import android.content.DialogInterface;
import android.hardware.Sensor;
import android.hardware.SensorManager;
import android.os.Bundle;

public class PrivacyFragment extends DialogFragment implements DialogInterface.OnClickListener {
    interface Host {
        void onPrivacyAccepted();

        void onPrivacyRefused();
    }

    @Override
    public Dialog onCreateDialog(Bundle state) {
        getActivity().getSystemService(SensorManager.class).getSensorList(Sensor.TYPE_ALL);
        setCancelable(false);
        return new AlertDialog.Builder(getActivity())
                .setMessage("Privacy policy")
                .setPositiveButton("Agree", this)
                .setNegativeButton("Refuse", this)
                .create();
    }

    @Override
    public void onClick(DialogInterface dialog, int which) {
        Host host = (Host) getActivity();
        if (which == DialogInterface.BUTTON_POSITIVE) {
            host.onPrivacyAccepted();
        } else {
            host.onPrivacyRefused();
        }
    }
}
