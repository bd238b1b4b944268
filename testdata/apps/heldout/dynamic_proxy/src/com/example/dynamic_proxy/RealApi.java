package com.example.dynamic_proxy;

import android.content.Context;
import android.provider.Settings;

class RealApi implements Api {
    private final Context context;

    RealApi(Context context) {
        this.context = context;
    }

    @Override
    public String device() {
        return Settings.Secure.getString(context.getContentResolver(), Settings.Secure.ANDROID_ID);
    }

    @Override
    public String apps() {
        return "" + context.getPackageManager().getInstalledPackages(0).size();
    }
}
