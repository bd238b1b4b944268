package com.brightmetrics.sdk.internal.net;

/** What the collector answered. */
public final class Response {
    private final int status;

    public Response(int status) {
        this.status = status;
    }

    public boolean accepted() {
        return status / 100 == 2;
    }

    public boolean worthRetrying() {
        return status == 429 || status / 100 == 5;
    }
}
