package com.brightmetrics.sdk.internal.net;

/** How often a batch is tried again. */
public final class RetryPolicy {
    private final int retries;

    public RetryPolicy(int retries) {
        this.retries = retries;
    }

    public boolean again(int attempts, Response last) {
        return attempts <= retries && (last == null || last.worthRetrying());
    }
}
