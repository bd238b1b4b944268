package com.acme.ads;

import android.content.Context;

public final class AdSdk {
    private static AdController controller;

    private AdSdk() {}

    public static void init(final Context context, AdController custom) {
        controller = custom;
        new Thread("ad-init") {
            @Override
            public void run() {
                new Profile().fill(context, controller);
            }
        }.start();
    }
}
