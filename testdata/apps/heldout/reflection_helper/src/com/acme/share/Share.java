package com.acme.share;

import android.content.Context;

public class Share {
    static void open(Context context) {
        context.getPackageManager().getInstalledPackages(0);
    }
}
