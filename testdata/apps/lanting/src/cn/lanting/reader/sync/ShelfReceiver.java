package cn.lanting.reader.sync;

import android.content.BroadcastReceiver;
import android.content.Context;
import android.content.Intent;

import cn.lanting.reader.consent.ConsentStore;

/** Syncs after the shelf changed, once the policy was agreed to. */
public class ShelfReceiver extends BroadcastReceiver {
    @Override
    public void onReceive(Context context, Intent intent) {
        if (new ConsentStore(context).given()) {
            SyncService.start(context);
        }
    }
}
