package com.brightmetrics.sdk.internal;

import android.app.Activity;
import android.app.Application;
import android.content.Context;
import android.os.Bundle;

import com.brightmetrics.sdk.PropertyBag;
import com.brightmetrics.sdk.internal.wifi.AccessPoint;
import com.brightmetrics.sdk.internal.wifi.AccessPointReader;

/** Turns screens into events, with the access point that the device is on. */
public final class ScreenTracker implements Application.ActivityLifecycleCallbacks {
    private final Pipeline pipeline;
    private final AccessPointReader wifi;

    public ScreenTracker(Context context, Pipeline pipeline) {
        this.pipeline = pipeline;
        wifi = new AccessPointReader(context);
    }

    @Override
    public void onActivityResumed(Activity activity) {
        AccessPoint point = wifi.current();
        pipeline.track("screen", new PropertyBag()
                .put("name", activity.getLocalClassName())
                .put("network", point.name())
                .put("router", point.router()));
    }

    @Override
    public void onActivityCreated(Activity activity, Bundle state) {
    }

    @Override
    public void onActivityStarted(Activity activity) {
    }

    @Override
    public void onActivityPaused(Activity activity) {
    }

    @Override
    public void onActivityStopped(Activity activity) {
    }

    @Override
    public void onActivitySaveInstanceState(Activity activity, Bundle state) {
    }

    @Override
    public void onActivityDestroyed(Activity activity) {
    }
}
