package com.example.two_launchers;

import android.app.Activity;
import android.os.Bundle;
import android.provider.Settings;
import android.widget.TextView;

public class Main extends Activity {
    @Override
    protected void onCreate(Bundle state) {
        super.onCreate(state);
        setContentView(new TextView(this));
        Settings.Secure.getString(this.getContentResolver(), Settings.Secure.ANDROID_ID);
    }
}
