package com.brightmetrics.sdk.internal;

import android.content.Context;

import com.brightmetrics.sdk.Config;
import com.brightmetrics.sdk.PropertyBag;
import com.brightmetrics.sdk.internal.codec.JsonEncoder;
import com.brightmetrics.sdk.internal.device.CarrierName;
import com.brightmetrics.sdk.internal.device.InstallIdentity;
import com.brightmetrics.sdk.internal.net.HttpTransport;
import com.brightmetrics.sdk.internal.net.RetryPolicy;
import com.brightmetrics.sdk.internal.net.Sender;
import com.brightmetrics.sdk.internal.store.EventStore;
import com.brightmetrics.sdk.internal.store.MemoryStore;
import com.brightmetrics.sdk.internal.time.ClockSource;

/** Takes events in, sends batches out. */
public final class Pipeline {
    private final Context context;
    private final Config config;
    private final InstallIdentity identity;
    private final ClockSource clock;
    private final EventStore store = new MemoryStore();
    private final Session session = new Session();
    private final Sender sender;

    public Pipeline(Context context, Config config, InstallIdentity identity, ClockSource clock) {
        this.context = context;
        this.config = config;
        this.identity = identity;
        this.clock = clock;
        sender = new Sender(
                new JsonEncoder(), new HttpTransport(), new RetryPolicy(config.retries()));
    }

    public void track(String name, PropertyBag properties) {
        long now = clock.millis();
        if (session.touch(now)) {
            store.add(new Event("session", now,
                    new PropertyBag().put("number", String.valueOf(session.number()))));
        }
        store.add(new Event(name, now, properties));
        if (store.size() >= config.flushEvery()) {
            flush();
        }
    }

    private void flush() {
        PropertyBag device = new PropertyBag()
                .put("install", identity.value())
                .put("carrier", CarrierName.of(context).value());
        sender.send(new Batch(config.project(), store.drain(), device));
    }
}
