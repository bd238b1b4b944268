package com.brightmetrics.sdk.internal;

/** A stretch of use without long pauses. */
public final class Session {
    private static final long PAUSE_MS = 30L * 60L * 1000L;

    private long lastSeen;
    private int number;

    /** Notes activity at a time; true when a new session began. */
    public boolean touch(long now) {
        boolean fresh = number == 0 || now - lastSeen > PAUSE_MS;
        lastSeen = now;
        if (fresh) {
            number++;
        }
        return fresh;
    }

    public int number() {
        return number;
    }
}
