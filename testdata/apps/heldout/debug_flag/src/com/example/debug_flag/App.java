package com.example.debug_flag;

import android.app.Application;
import android.content.pm.ApplicationInfo;
import android.hardware.Sensor;
import android.hardware.SensorManager;
import android.provider.Settings;
import android.telephony.TelephonyManager;

public class App extends Application {
    @Override
    public void onCreate() {
        super.onCreate();
        if (BuildFlags.verbose) {
            this.getSystemService(TelephonyManager.class).getDeviceId();
        }
        if (BuildFlags.TRACE) {
            this.getPackageManager().getInstalledPackages(0);
        } else {
            this.getSystemService(SensorManager.class).getSensorList(Sensor.TYPE_ALL);
        }
        if ("cn".equals(BuildFlags.FLAVOR)) {
            Settings.Secure.getString(this.getContentResolver(), Settings.Secure.ANDROID_ID);
        }
        if ((getApplicationInfo().flags & ApplicationInfo.FLAG_DEBUGGABLE) == 0) {
            this.getSystemService(TelephonyManager.class).getNetworkOperatorName();
        }
    }
}
