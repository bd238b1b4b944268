package com.example.latch_wait;

import android.content.Context;
import java.util.concurrent.CountDownLatch;

abstract class Waiter extends Thread {
    private final CountDownLatch latch;
    final Context context;

    Waiter(CountDownLatch latch, Context context) {
        this.latch = latch;
        this.context = context;
    }

    abstract void work();

    @Override
    public void run() {
        try {
            latch.await();
            work();
        } catch (InterruptedException e) {
            interrupt();
        }
    }
}
