package com.acme.track;

import android.app.Application;
import android.content.Context;
import android.os.Handler;
import android.os.Looper;
import android.telephony.TelephonyManager;
import com.acme.base.InitProvider;

public class TrackProvider extends InitProvider {
    @Override
    protected void onInit(final Context context) {
        if (context instanceof Application) {
            ((Application) context).registerActivityLifecycleCallbacks(new AutoTrack());
        }
        new Handler(Looper.getMainLooper()).postDelayed(new Runnable() {
            @Override
            public void run() {
                context.getSystemService(TelephonyManager.class).getNetworkOperatorName();
            }
        }, 3000);
    }
}
