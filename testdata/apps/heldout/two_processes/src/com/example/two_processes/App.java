package com.example.two_processes;

import android.app.ActivityManager;
import android.app.Application;
import android.os.Process;
import android.provider.Settings;
import android.telephony.TelephonyManager;

public class App extends Application {
    @Override
    public void onCreate() {
        super.onCreate();
        String process = processName();
        if (getPackageName().equals(process)) {
            Settings.Secure.getString(this.getContentResolver(), Settings.Secure.ANDROID_ID);
        } else if (process.endsWith(":push")) {
            this.getSystemService(TelephonyManager.class).getNetworkOperatorName();
        } else if (process.endsWith(":core")) {
            this.getPackageManager().getInstalledPackages(0);
        }
    }

    private String processName() {
        ActivityManager manager = getSystemService(ActivityManager.class);
        for (ActivityManager.RunningAppProcessInfo info : manager.getRunningAppProcesses()) {
            if (info.pid == Process.myPid()) {
                return info.processName;
            }
        }
        return "";
    }
}
