package com.brightmetrics.sdk.internal.time;

/** The device's own clock. */
public final class SystemClockSource implements ClockSource {
    @Override
    public long millis() {
        return System.currentTimeMillis();
    }
}
