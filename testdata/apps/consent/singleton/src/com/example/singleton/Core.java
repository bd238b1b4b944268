package com.example.singleton;

import android.content.Context;
import android.util.Log;
import java.net.NetworkInterface;
import java.net.SocketException;

final class Core implements Runnable {
    private static volatile Core instance;
    private final Context context;

    private Core(Context context) {
        this.context = context;
        new Thread(this, "core").start();
    }

    static Core get(Context context) {
        if (instance == null) {
            synchronized (Core.class) {
                if (instance == null) {
                    instance = new Core(context.getApplicationContext());
                }
            }
        }
        return instance;
    }

    @Override
    public void run() {
        try {
            NetworkInterface.getByName("wlan0").getHardwareAddress();
        } catch (SocketException e) {
            Log.w("core", e);
        }
    }
}
