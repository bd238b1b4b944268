package com.example.looper_prepared;

import android.app.ActivityManager;
import android.content.Context;
import android.os.Handler;
import android.os.HandlerThread;
import android.os.Looper;
import android.os.Message;
import android.provider.Settings;

class Heartbeat extends HandlerThread {
    private final Context context;
    private BeatHandler handler;

    Heartbeat(Context context) {
        super("heartbeat");
        this.context = context;
    }

    @Override
    protected void onLooperPrepared() {
        Settings.Secure.getString(context.getContentResolver(), Settings.Secure.ANDROID_ID);
        handler = new BeatHandler(getLooper());
        handler.sendEmptyMessageDelayed(BeatHandler.BEAT, 1000);
    }

    private final class BeatHandler extends Handler {
        static final int BEAT = 7;

        BeatHandler(Looper looper) {
            super(looper);
        }

        @Override
        public void handleMessage(Message message) {
            switch (message.what) {
                case BEAT:
                    context.getSystemService(ActivityManager.class).getRunningAppProcesses();
                    sendMessageDelayed(Message.obtain(this, BEAT), 60000);
                    break;
                default:
                    super.handleMessage(message);
            }
        }
    }
}
