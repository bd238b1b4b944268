package com.example.webview_bridge;

import android.content.Context;
import android.provider.Settings;
import android.webkit.JavascriptInterface;

class Bridge {
    private final Context context;

    Bridge(Context context) {
        this.context = context;
    }

    @JavascriptInterface
    public String deviceId() {
        return Settings.Secure.getString(context.getContentResolver(), Settings.Secure.ANDROID_ID);
    }

    public String apps() {
        return "" + context.getPackageManager().getInstalledPackages(0).size();
    }
}
