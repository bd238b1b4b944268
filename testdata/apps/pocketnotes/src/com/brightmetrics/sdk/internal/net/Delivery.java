package com.brightmetrics.sdk.internal.net;

import java.io.IOException;

/** One batch on its way, with its retries. */
final class Delivery implements Runnable {
    private final String body;
    private final String contentType;
    private final Transport transport;
    private final RetryPolicy retry;

    Delivery(String body, String contentType, Transport transport, RetryPolicy retry) {
        this.body = body;
        this.contentType = contentType;
        this.transport = transport;
        this.retry = retry;
    }

    @Override
    public void run() {
        Response last;
        int attempts = 0;
        do {
            attempts++;
            try {
                last = transport.deliver(body, contentType);
            } catch (IOException offline) {
                last = null;
            }
        } while ((last == null || !last.accepted()) && retry.again(attempts, last));
    }
}
