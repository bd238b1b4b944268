package com.brightmetrics.sdk.internal;

import com.brightmetrics.sdk.PropertyBag;

import java.util.List;

/** Events that are sent together, with the properties of the device. */
public final class Batch {
    private final String project;
    private final List<Event> events;
    private final PropertyBag device;

    public Batch(String project, List<Event> events, PropertyBag device) {
        this.project = project;
        this.events = events;
        this.device = device;
    }

    public String project() {
        return project;
    }

    public List<Event> events() {
        return events;
    }

    public PropertyBag device() {
        return device;
    }
}
