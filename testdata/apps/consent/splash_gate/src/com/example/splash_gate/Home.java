package com.example.splash_gate;

import android.app.Activity;
import android.os.Bundle;
import android.provider.Settings;

public class Home extends Activity {
    @Override
    protected void onCreate(Bundle state) {
        super.onCreate(state);
        Settings.Secure.getString(this.getContentResolver(), Settings.Secure.ANDROID_ID);
    }
}
