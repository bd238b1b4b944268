package com.brightmetrics.sdk.internal;

import com.brightmetrics.sdk.PropertyBag;

/** Something that happened, and when (milliseconds since 1970). */
public final class Event {
    private final String name;
    private final long at;
    private final PropertyBag properties;

    public Event(String name, long at, PropertyBag properties) {
        this.name = name;
        this.at = at;
        this.properties = properties;
    }

    public String name() {
        return name;
    }

    public long at() {
        return at;
    }

    public PropertyBag properties() {
        return properties;
    }
}
