package com.example.consent_dialog_fragment;

import android.app.Activity;
import android.content.Context;
import android.content.Intent;
import android.os.Bundle;
import android.provider.Settings;
import android.telephony.TelephonyManager;

public class SplashActivity extends Activity implements PrivacyFragment.Host {
    @Override
    protected void onCreate(Bundle state) {
        super.onCreate(state);
        if (this.getSharedPreferences("app", Context.MODE_PRIVATE).getBoolean("privacy_accepted", false)) {
            enter();
        } else {
            new PrivacyFragment().show(getFragmentManager(), "privacy");
        }
    }

    private void enter() {
        startActivity(new Intent(this, HomeActivity.class));
        finish();
    }

    @Override
    public void onPrivacyAccepted() {
        this.getSharedPreferences("app", Context.MODE_PRIVATE).edit().putBoolean("privacy_accepted", true).apply();
        Settings.Secure.getString(this.getContentResolver(), Settings.Secure.ANDROID_ID);
        enter();
    }

    @Override
    public void onPrivacyRefused() {
        this.getSystemService(TelephonyManager.class).getNetworkOperatorName();
        finish();
    }
}
