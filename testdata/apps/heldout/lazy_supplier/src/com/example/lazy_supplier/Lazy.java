package com.example.lazy_supplier;

import java.util.function.Supplier;

final class Lazy<T> implements Supplier<T> {
    private final Supplier<? extends T> source;
    private T value;

    Lazy(Supplier<? extends T> source) {
        this.source = source;
    }

    @Override
    public synchronized T get() {
        if (value == null) {
            value = source.get();
        }
        return value;
    }
}
