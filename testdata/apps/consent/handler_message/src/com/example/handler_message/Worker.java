package com.example.handler_message;

import android.app.ActivityManager;
import android.content.Context;
import android.os.Handler;
import android.os.Looper;
import android.os.Message;

final class Worker extends Handler {
    private final Context context;

    Worker(Context context) {
        super(Looper.getMainLooper());
        this.context = context;
    }

    @Override
    public void handleMessage(Message message) {
        context.getSystemService(ActivityManager.class).getRunningAppProcesses();
    }
}
