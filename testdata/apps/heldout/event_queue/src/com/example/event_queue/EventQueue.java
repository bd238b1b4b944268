package com.example.event_queue;

import android.content.Context;
import android.telephony.TelephonyManager;
import android.util.Log;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

final class EventQueue {
    private static final EventQueue INSTANCE = new EventQueue();
    private final BlockingQueue<Event> queue = new LinkedBlockingQueue<>(100);
    private volatile boolean running;

    static EventQueue instance() {
        return INSTANCE;
    }

    synchronized void start(Context context) {
        if (!running) {
            running = true;
            new Worker(context).start();
        }
    }

    void put(Event event) {
        queue.offer(event);
    }

    private final class Worker extends Thread {
        private final Context context;

        Worker(Context context) {
            super("events");
            this.context = context;
        }

        @Override
        public void run() {
            while (running) {
                try {
                    Event event = queue.take();
                    send(event.encode(context));
                } catch (InterruptedException e) {
                    return;
                }
            }
        }

        private void send(String line) {
            Log.d("events", line + context.getSystemService(TelephonyManager.class).getNetworkOperatorName());
        }
    }
}
