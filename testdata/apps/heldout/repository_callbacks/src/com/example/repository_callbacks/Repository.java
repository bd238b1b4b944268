package com.example.repository_callbacks;

import android.os.Handler;
import android.os.Looper;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

final class Repository {
    private static final ExecutorService POOL = Executors.newFixedThreadPool(2);
    private static final Handler MAIN = new Handler(Looper.getMainLooper());

    static <T> void load(final Callable<T> source, final Callback<? super T> callback) {
        POOL.execute(new Runnable() {
            @Override
            public void run() {
                try {
                    final T value = source.call();
                    MAIN.post(new Runnable() {
                        @Override
                        public void run() {
                            callback.onSuccess(value);
                        }
                    });
                } catch (final Exception e) {
                    MAIN.post(new Runnable() {
                        @Override
                        public void run() {
                            callback.onError(e);
                        }
                    });
                }
            }
        });
    }
}
