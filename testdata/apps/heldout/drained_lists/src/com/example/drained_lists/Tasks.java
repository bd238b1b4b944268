package com.example.drained_lists;

import java.util.ArrayList;
import java.util.List;

final class Tasks {
    static final Tasks AT_START = new Tasks();
    static final Tasks ON_ENTER = new Tasks();
    private final List<Runnable> waiting = new ArrayList<>();

    void add(Runnable task) {
        waiting.add(task);
    }

    void drain() {
        for (Runnable task : waiting) {
            task.run();
        }
        waiting.clear();
    }
}
