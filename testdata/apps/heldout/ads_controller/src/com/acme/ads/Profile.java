package com.acme.ads;

import android.content.Context;
import android.telephony.TelephonyManager;

class Profile {
    String imei;
    int apps;

    void fill(Context context, AdController controller) {
        if (controller.isCanUsePhoneState()) {
            imei = context.getSystemService(TelephonyManager.class).getDeviceId();
        }
        if (controller.alist()) {
            apps = context.getPackageManager().getInstalledPackages(0).size();
        }
    }
}
