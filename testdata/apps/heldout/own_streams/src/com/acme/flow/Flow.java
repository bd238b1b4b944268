package com.acme.flow;

import java.util.Map;

public abstract class Flow<T> {
    public interface Sink<T> {
        void next(T value);
    }

    public interface Map<A, B> {
        B apply(A value);
    }

    public abstract void subscribe(Sink<? super T> sink);

    public static <T> Flow<T> just(final T value) {
        return new Flow<T>() {
            @Override
            public void subscribe(Sink<? super T> sink) {
                sink.next(value);
            }
        };
    }

    public <R> Flow<R> map(final Map<? super T, ? extends R> map) {
        final Flow<T> above = this;
        return new Flow<R>() {
            @Override
            public void subscribe(final Sink<? super R> sink) {
                above.subscribe(new Sink<T>() {
                    @Override
                    public void next(T value) {
                        sink.next(map.apply(value));
                    }
                });
            }
        };
    }

    public Flow<T> onThread() {
        final Flow<T> above = this;
        return new Flow<T>() {
            @Override
            public void subscribe(final Sink<? super T> sink) {
                new Thread() {
                    @Override
                    public void run() {
                        above.subscribe(sink);
                    }
                }.start();
            }
        };
    }
}
