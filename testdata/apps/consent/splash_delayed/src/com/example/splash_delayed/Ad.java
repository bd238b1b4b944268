package com.example.splash_delayed;

import android.app.Activity;
import android.os.Bundle;
import android.provider.Settings;

public class Ad extends Activity {
    @Override
    protected void onCreate(Bundle state) {
        super.onCreate(state);
        Settings.Secure.getString(this.getContentResolver(), Settings.Secure.ANDROID_ID);
    }
}
