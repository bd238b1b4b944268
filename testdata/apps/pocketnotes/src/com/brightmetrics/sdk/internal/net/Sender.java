package com.brightmetrics.sdk.internal.net;

import com.brightmetrics.sdk.internal.Batch;
import com.brightmetrics.sdk.internal.codec.Encoder;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Sends batches one after the other, off the main thread. */
public final class Sender {
    private final Encoder encoder;
    private final Transport transport;
    private final RetryPolicy retry;
    private final ExecutorService line = Executors.newSingleThreadExecutor();

    public Sender(Encoder encoder, Transport transport, RetryPolicy retry) {
        this.encoder = encoder;
        this.transport = transport;
        this.retry = retry;
    }

    public void send(Batch batch) {
        line.execute(new Delivery(encoder.encode(batch), encoder.contentType(), transport, retry));
    }
}
