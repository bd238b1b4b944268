package com.example.memory_and_leaving;

import android.app.Activity;
import android.os.Bundle;
import android.provider.Settings;
import android.widget.TextView;

public class Main extends Activity {
    @Override
    protected void onCreate(Bundle state) {
        super.onCreate(state);
        setContentView(new TextView(this));
    }

    @Override
    public void onUserInteraction() {
        Settings.Secure.getString(this.getContentResolver(), Settings.Secure.ANDROID_ID);
    }

    @Override
    protected void onUserLeaveHint() {
        this.getPackageManager().getInstalledPackages(0);
    }
}
