package com.brightmetrics.sdk.internal.codec;

import com.brightmetrics.sdk.internal.Batch;

/** Writes a batch as text. */
public interface Encoder {
    String encode(Batch batch);

    String contentType();
}
