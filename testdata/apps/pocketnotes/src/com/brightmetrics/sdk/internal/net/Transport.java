package com.brightmetrics.sdk.internal.net;

import java.io.IOException;

/** Delivers text to the collector. */
public interface Transport {
    Response deliver(String body, String contentType) throws IOException;
}
