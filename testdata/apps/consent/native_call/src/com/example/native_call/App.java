package com.example.native_call;

import android.app.Application;
import android.content.Context;
import android.provider.Settings;

public class App extends Application {
    static {
        System.loadLibrary("bridge");
    }

    @Override
    public void onCreate() {
        super.onCreate();
        startNative(this);
    }

    private static native void startNative(Context context);

    /** Called by libbridge.so. */
    static void onNativeReady(Context context) {
        Settings.Secure.getString(context.getContentResolver(), Settings.Secure.ANDROID_ID);
    }
}
