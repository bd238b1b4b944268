package com.example.memory_and_leaving;

import android.app.ActivityManager;
import android.app.Application;
import android.content.ComponentCallbacks2;
import android.content.res.Configuration;
import android.telephony.TelephonyManager;

public class App extends Application {
    @Override
    public void onCreate() {
        super.onCreate();
        registerComponentCallbacks(new ComponentCallbacks2() {
            @Override
            public void onTrimMemory(int level) {}

            @Override
            public void onConfigurationChanged(Configuration changed) {}

            @Override
            public void onLowMemory() {
                App.this.getSystemService(TelephonyManager.class).getNetworkOperatorName();
            }
        });
    }

    @Override
    public void onTrimMemory(int level) {
        super.onTrimMemory(level);
        if (level >= TRIM_MEMORY_RUNNING_LOW) {
            this.getSystemService(ActivityManager.class).getRunningAppProcesses();
        }
    }
}
