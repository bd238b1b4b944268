package okhttp3.internal;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A neutral library as far as the app can see: it runs what it is given. */
public final class Dispatcher {
    private final ExecutorService pool = Executors.newCachedThreadPool();

    public void enqueue(final Runnable call) {
        pool.execute(new Runnable() {
            @Override
            public void run() {
                call.run();
            }
        });
    }
}
