package com.brightmetrics.sdk;

/** What the host app chooses. */
public final class Config {
    private final String project;
    private int flushEvery = 50;
    private int retries = 2;

    public Config(String project) {
        this.project = project;
    }

    public Config flushEvery(int events) {
        flushEvery = Math.max(1, events);
        return this;
    }

    public Config retries(int times) {
        retries = Math.max(0, times);
        return this;
    }

    public String project() {
        return project;
    }

    public int flushEvery() {
        return flushEvery;
    }

    public int retries() {
        return retries;
    }
}
