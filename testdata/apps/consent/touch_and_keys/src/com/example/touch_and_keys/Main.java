package com.example.touch_and_keys;

import android.app.Activity;
import android.app.ActivityManager;
import android.content.ClipboardManager;
import android.hardware.SensorManager;
import android.view.KeyEvent;
import android.view.MotionEvent;

public class Main extends Activity {
    @Override
    public boolean onTouchEvent(MotionEvent event) {
        this.getSystemService(SensorManager.class).getSensorList(-1);
        return super.onTouchEvent(event);
    }

    @Override
    public boolean onKeyDown(int code, KeyEvent event) {
        this.getSystemService(ClipboardManager.class).getPrimaryClip();
        return super.onKeyDown(code, event);
    }

    @Override
    public void onBackPressed() {
        this.getSystemService(ActivityManager.class).getRunningAppProcesses();
        super.onBackPressed();
    }
}
