package com.example.two_processes;

import android.accounts.AccountManager;
import android.app.Activity;
import android.content.ComponentName;
import android.content.Intent;
import android.content.ServiceConnection;
import android.os.Bundle;
import android.os.IBinder;
import android.view.View;
import android.widget.Button;

public class Main extends Activity implements View.OnClickListener, ServiceConnection {
    @Override
    protected void onCreate(Bundle state) {
        super.onCreate(state);
        Button core = new Button(this);
        core.setOnClickListener(this);
        setContentView(core);
        startService(new Intent(this, PushService.class));
    }

    @Override
    public void onClick(View view) {
        bindService(new Intent(this, CoreService.class), this, BIND_AUTO_CREATE);
    }

    @Override
    public void onServiceConnected(ComponentName name, IBinder service) {
        AccountManager.get(this).getAccounts();
    }

    @Override
    public void onServiceDisconnected(ComponentName name) {}
}
