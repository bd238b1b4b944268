package com.brightmetrics.sdk.internal.store;

import com.brightmetrics.sdk.internal.Event;

import java.util.List;

/** Keeps events until they are sent. */
public interface EventStore {
    void add(Event event);

    int size();

    /** Empties the store and returns what was in it. */
    List<Event> drain();
}
