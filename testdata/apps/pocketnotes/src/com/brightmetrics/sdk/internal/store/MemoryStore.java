package com.brightmetrics.sdk.internal.store;

import com.brightmetrics.sdk.internal.Event;

import java.util.ArrayList;
import java.util.List;

/** Events in memory; the oldest go when there are too many. */
public final class MemoryStore implements EventStore {
    private static final int MOST = 1000;

    private List<Event> events = new ArrayList<Event>();

    @Override
    public synchronized void add(Event event) {
        if (events.size() == MOST) {
            events.remove(0);
        }
        events.add(event);
    }

    @Override
    public synchronized int size() {
        return events.size();
    }

    @Override
    public synchronized List<Event> drain() {
        List<Event> out = events;
        events = new ArrayList<Event>();
        return out;
    }
}
