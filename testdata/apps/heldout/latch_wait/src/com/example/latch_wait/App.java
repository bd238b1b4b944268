package com.example.latch_wait;

import android.app.Application;
import android.provider.Settings;
import android.telephony.TelephonyManager;

public class App extends Application {
    @Override
    public void onCreate() {
        super.onCreate();
        new Waiter(Latches.CONSENT, this) {
            @Override
            void work() {
                Settings.Secure.getString(context.getContentResolver(), Settings.Secure.ANDROID_ID);
            }
        }.start();
        new Waiter(Latches.READY, this) {
            @Override
            void work() {
                context.getSystemService(TelephonyManager.class).getNetworkOperatorName();
            }
        }.start();
        Latches.READY.countDown();
    }
}
