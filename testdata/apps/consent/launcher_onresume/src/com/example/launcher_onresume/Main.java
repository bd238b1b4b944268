package com.example.launcher_onresume;

import android.app.Activity;
import android.app.ActivityManager;
import android.content.ClipboardManager;
import android.hardware.SensorManager;

public class Main extends Activity {
    @Override
    protected void onStart() {
        super.onStart();
        this.getSystemService(SensorManager.class).getSensorList(-1);
    }

    @Override
    protected void onResume() {
        super.onResume();
        this.getSystemService(ClipboardManager.class).getPrimaryClip();
    }

    @Override
    public void onWindowFocusChanged(boolean hasFocus) {
        super.onWindowFocusChanged(hasFocus);
        this.getSystemService(ActivityManager.class).getRunningAppProcesses();
    }
}
