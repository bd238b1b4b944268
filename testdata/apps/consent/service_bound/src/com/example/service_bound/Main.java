package com.example.service_bound;

import android.app.Activity;
import android.app.ActivityManager;
import android.content.ComponentName;
import android.content.Intent;
import android.content.ServiceConnection;
import android.os.IBinder;

public class Main extends Activity implements ServiceConnection {
    @Override
    protected void onStart() {
        super.onStart();
        bindService(new Intent(this, PushService.class), this, BIND_AUTO_CREATE);
    }

    @Override
    public void onServiceConnected(ComponentName name, IBinder binder) {
        this.getSystemService(ActivityManager.class).getRunningAppProcesses();
    }

    @Override
    public void onServiceDisconnected(ComponentName name) {}
}
