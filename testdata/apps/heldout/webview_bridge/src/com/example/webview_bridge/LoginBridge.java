package com.example.webview_bridge;

import android.content.Context;
import android.telephony.TelephonyManager;
import android.webkit.JavascriptInterface;

class LoginBridge {
    private final Context context;

    LoginBridge(Context context) {
        this.context = context;
    }

    @JavascriptInterface
    public String number() {
        return context.getSystemService(TelephonyManager.class).getLine1Number();
    }
}
