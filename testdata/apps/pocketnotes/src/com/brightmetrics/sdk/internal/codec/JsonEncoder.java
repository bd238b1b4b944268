package com.brightmetrics.sdk.internal.codec;

import com.brightmetrics.sdk.Property;
import com.brightmetrics.sdk.PropertyBag;
import com.brightmetrics.sdk.internal.Batch;
import com.brightmetrics.sdk.internal.Event;

/** A batch as one JSON object. */
public final class JsonEncoder implements Encoder {
    @Override
    public String encode(Batch batch) {
        StringBuilder out = new StringBuilder("{\"project\":");
        Escaper.append(out, batch.project());
        out.append(",\"device\":");
        properties(out, batch.device());
        out.append(",\"events\":[");
        String comma = "";
        for (Event event : batch.events()) {
            out.append(comma).append("{\"name\":");
            Escaper.append(out, event.name());
            out.append(",\"at\":").append(event.at()).append(",\"properties\":");
            properties(out, event.properties());
            out.append('}');
            comma = ",";
        }
        return out.append("]}").toString();
    }

    @Override
    public String contentType() {
        return "application/json";
    }

    private static void properties(StringBuilder out, PropertyBag bag) {
        out.append('{');
        String comma = "";
        for (Property property : bag.list()) {
            out.append(comma);
            Escaper.append(out, property.key());
            out.append(':');
            Escaper.append(out, property.value());
            comma = ",";
        }
        out.append('}');
    }
}
