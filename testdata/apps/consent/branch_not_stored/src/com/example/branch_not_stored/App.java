package com.example.branch_not_stored;

import android.app.Application;
import android.os.Looper;
import android.provider.Settings;

public class App extends Application {
    @Override
    public void onCreate() {
        super.onCreate();
        if (Looper.myLooper() == Looper.getMainLooper()) {
            Settings.Secure.getString(this.getContentResolver(), Settings.Secure.ANDROID_ID);
        }
        if (getResources().getConfiguration().orientation == 1) {
            this.getPackageManager().getInstalledPackages(0);
        }
    }
}
