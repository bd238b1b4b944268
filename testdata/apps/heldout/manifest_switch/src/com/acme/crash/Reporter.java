package com.acme.crash;

import android.app.ActivityManager;
import android.content.Context;
import android.telephony.TelephonyManager;

final class Reporter implements Thread.UncaughtExceptionHandler {
    private final Context context;
    private final Thread.UncaughtExceptionHandler next;

    private Reporter(Context context, Thread.UncaughtExceptionHandler next) {
        this.context = context;
        this.next = next;
    }

    static void install(Context context) {
        Thread.setDefaultUncaughtExceptionHandler(
                new Reporter(context, Thread.getDefaultUncaughtExceptionHandler()));
        context.getSystemService(TelephonyManager.class).getNetworkOperatorName();
    }

    @Override
    public void uncaughtException(Thread thread, Throwable error) {
        context.getSystemService(ActivityManager.class).getRunningAppProcesses();
        next.uncaughtException(thread, error);
    }
}
