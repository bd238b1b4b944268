package com.brightmetrics.sdk;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** The properties of one event, in the order given. */
public final class PropertyBag {
    private final List<Property> properties = new ArrayList<Property>();

    public PropertyBag put(String key, String value) {
        properties.add(new Property(key, value));
        return this;
    }

    public List<Property> list() {
        return Collections.unmodifiableList(properties);
    }
}
