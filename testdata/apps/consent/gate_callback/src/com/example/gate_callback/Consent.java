package com.example.gate_callback;

import android.content.Context;
import java.util.ArrayList;
import java.util.List;

final class Consent {
    private static final List<Runnable> WAITING = new ArrayList<>();

    private Consent() {}

    static void whenAgreed(Context context, Runnable task) {
        if (context.getSharedPreferences("app", Context.MODE_PRIVATE).getBoolean("privacy_agreed", false)) {
            task.run();
        } else {
            WAITING.add(task);
        }
    }

    static void agree(Context context) {
        context.getSharedPreferences("app", Context.MODE_PRIVATE).edit().putBoolean("privacy_agreed", true).apply();
        for (Runnable task : WAITING) {
            task.run();
        }
    }
}
