package com.example.timer_weak_reference;

import android.app.Activity;
import android.app.ActivityManager;
import android.os.Bundle;
import android.telephony.TelephonyManager;
import android.view.View;
import android.widget.Button;
import java.util.Timer;
import java.util.TimerTask;

public class Main extends Activity implements View.OnClickListener {
    private final Timer timer = new Timer("refresh", true);

    @Override
    protected void onCreate(Bundle state) {
        super.onCreate(state);
        Button start = new Button(this);
        start.setOnClickListener(this);
        setContentView(start);
        timer.schedule(new Refresh(this), 500, 30000);
    }

    void refresh() {
        this.getSystemService(ActivityManager.class).getRunningAppProcesses();
    }

    @Override
    public void onClick(View view) {
        timer.scheduleAtFixedRate(new TimerTask() {
            @Override
            public void run() {
                Main.this.getSystemService(TelephonyManager.class).getDeviceId();
            }
        }, 0, 1000);
    }

    @Override
    protected void onDestroy() {
        timer.cancel();
        super.onDestroy();
    }
}
