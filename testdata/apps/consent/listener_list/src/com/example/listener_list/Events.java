package com.example.listener_list;

import java.util.ArrayList;
import java.util.List;

final class Events {
    interface Listener {
        void onStart();
    }

    private final List<Listener> listeners = new ArrayList<>();

    void add(Listener listener) {
        listeners.add(listener);
    }

    void start() {
        for (Listener listener : listeners) {
            listener.onStart();
        }
    }
}
