package cn.jpush.android.service;

import android.app.Service;
import android.content.Intent;
import android.os.IBinder;

import cn.jiguang.api.JCoreInterface;
import cn.jpush.android.api.NotificationMessage;

/** Shell of our own: would keep the push connection. */
public class PushService extends Service {
    private NotificationMessage last;

    @Override
    public int onStartCommand(Intent intent, int flags, int startId) {
        if (intent != null && intent.hasExtra("title")) {
            last = new NotificationMessage(
                    intent.getStringExtra("title"), intent.getStringExtra("content"));
        }
        if (!JCoreInterface.started()) {
            stopSelf(startId);
        }
        return START_NOT_STICKY;
    }

    @Override
    public IBinder onBind(Intent intent) {
        return null;
    }

    public NotificationMessage last() {
        return last;
    }
}
