package com.example.drained_lists;

import android.app.Application;
import android.provider.Settings;
import android.telephony.TelephonyManager;

public class App extends Application {
    @Override
    public void onCreate() {
        super.onCreate();
        Tasks.AT_START.add(new Runnable() {
            @Override
            public void run() {
                App.this.getSystemService(TelephonyManager.class).getNetworkOperatorName();
            }
        });
        Tasks.ON_ENTER.add(new Runnable() {
            @Override
            public void run() {
                Settings.Secure.getString(App.this.getContentResolver(), Settings.Secure.ANDROID_ID);
            }
        });
    }
}
