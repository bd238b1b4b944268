package com.brightmetrics.sdk.internal.time;

/** Tells the time in milliseconds since 1970. */
public interface ClockSource {
    long millis();
}
