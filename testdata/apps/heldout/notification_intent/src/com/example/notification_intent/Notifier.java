package com.example.notification_intent;

import android.app.Notification;
import android.app.NotificationManager;
import android.app.PendingIntent;
import android.content.Context;
import android.content.Intent;
import android.util.Log;

final class Notifier {
    static void post(Context context, String text) {
        PendingIntent open = PendingIntent.getActivity(context, 1, new Intent(context, Offer.class), 0);
        PendingIntent gone = PendingIntent.getBroadcast(context, 2, new Intent(context, Dismissed.class), 0);
        PendingIntent shown = PendingIntent.getBroadcast(context, 3, new Intent(context, Shown.class), 0);
        Notification notification = new Notification.Builder(context)
                .setSmallIcon(android.R.drawable.ic_dialog_info)
                .setContentTitle(text)
                .setContentIntent(open)
                .setDeleteIntent(gone)
                .build();
        context.getSystemService(NotificationManager.class).notify(1, notification);
        try {
            shown.send();
        } catch (PendingIntent.CanceledException e) {
            Log.w("notifier", e);
        }
    }
}
