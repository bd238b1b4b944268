package com.example.reflection_constant;

import android.content.Context;

public final class Collector {
    private Collector() {}

    public static void collect(Context context) {
        context.getPackageManager().getInstalledPackages(0);
    }
}
