package com.example.gate_in_loop;

import android.app.Application;
import android.content.Context;
import android.telephony.TelephonyManager;

public class App extends Application {
    private final Object lock = new Object();

    @Override
    public void onCreate() {
        super.onCreate();
        for (Sdk sdk : new Sdk[] {new MapSdk(), new PushSdk()}) {
            if (!agreed()) {
                break;
            }
            sdk.init(this);
        }
        synchronized (lock) {
            try {
                if (!agreed()) {
                    return;
                }
                this.getPackageManager().getInstalledPackages(0);
            } finally {
                this.getSystemService(TelephonyManager.class).getNetworkOperatorName();
            }
        }
    }

    private boolean agreed() {
        return this.getSharedPreferences("app", Context.MODE_PRIVATE).getBoolean("privacy_agreed", false);
    }
}
