package com.example.latch_wait;

import java.util.concurrent.CountDownLatch;

final class Latches {
    static final CountDownLatch CONSENT = new CountDownLatch(1);
    static final CountDownLatch READY = new CountDownLatch(1);

    private Latches() {}
}
