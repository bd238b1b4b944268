package com.example.view_queue;

import android.app.Activity;
import android.content.ClipboardManager;
import android.hardware.SensorManager;
import android.os.Bundle;
import android.os.Looper;
import android.os.MessageQueue;
import android.provider.Settings;
import android.view.View;
import android.view.ViewTreeObserver;
import android.widget.TextView;

public class Main extends Activity {
    @Override
    protected void onCreate(Bundle state) {
        super.onCreate(state);
        View view = new TextView(this);
        setContentView(view);
        view.post(new Runnable() {
            @Override
            public void run() {
                Settings.Secure.getString(Main.this.getContentResolver(), Settings.Secure.ANDROID_ID);
            }
        });
        view.getViewTreeObserver().addOnGlobalLayoutListener(new ViewTreeObserver.OnGlobalLayoutListener() {
            @Override
            public void onGlobalLayout() {
                Main.this.getSystemService(SensorManager.class).getSensorList(-1);
            }
        });
        Looper.myQueue().addIdleHandler(new MessageQueue.IdleHandler() {
            @Override
            public boolean queueIdle() {
                Main.this.getPackageManager().getInstalledPackages(0);
                return false;
            }
        });
        runOnUiThread(new Runnable() {
            @Override
            public void run() {
                Main.this.getSystemService(ClipboardManager.class).getPrimaryClip();
            }
        });
    }
}
