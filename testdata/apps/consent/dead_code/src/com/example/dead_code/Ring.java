package com.example.dead_code;

import android.content.Context;

/** Two methods that call only each other. */
final class Ring {
    private Ring() {}

    static void ping(Context context, int n) {
        if (n > 0) {
            pong(context, n - 1);
        }
    }

    static void pong(Context context, int n) {
        context.getPackageManager().getInstalledPackages(0);
        ping(context, n);
    }
}
