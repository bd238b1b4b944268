package com.brightmetrics.sdk;

import android.app.Application;

import com.brightmetrics.sdk.internal.Pipeline;
import com.brightmetrics.sdk.internal.ScreenTracker;
import com.brightmetrics.sdk.internal.device.InstallIdentity;
import com.brightmetrics.sdk.internal.time.SystemClockSource;

/**
 * An invented analytics SDK, written for this test: no signature knows its
 * namespace, so it must show up as code without an owner.
 */
public final class BrightMetrics {
    private static volatile Pipeline pipeline;

    private BrightMetrics() {
    }

    public static void start(Application application, Config config) {
        InstallIdentity identity = InstallIdentity.of(application);
        Pipeline started = new Pipeline(application, config, identity, new SystemClockSource());
        application.registerActivityLifecycleCallbacks(new ScreenTracker(application, started));
        pipeline = started;
    }

    public static void event(String name) {
        event(name, new PropertyBag());
    }

    public static void event(String name, PropertyBag properties) {
        Pipeline current = pipeline;
        if (current != null) {
            current.track(name, properties);
        }
    }
}
