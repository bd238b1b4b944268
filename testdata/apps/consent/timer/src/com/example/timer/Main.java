package com.example.timer;

import android.app.Activity;
import android.os.Bundle;
import android.os.CountDownTimer;
import android.provider.Settings;
import java.util.Timer;
import java.util.TimerTask;

public class Main extends Activity {
    @Override
    protected void onCreate(Bundle state) {
        super.onCreate(state);
        new Timer().schedule(new TimerTask() {
            @Override
            public void run() {
                Settings.Secure.getString(Main.this.getContentResolver(), Settings.Secure.ANDROID_ID);
            }
        }, 1000, 60000);
        new CountDownTimer(3000, 1000) {
            @Override
            public void onTick(long left) {}

            @Override
            public void onFinish() {
                Main.this.getPackageManager().getInstalledPackages(0);
            }
        }.start();
    }
}
