package com.example.gate_wrapper_unnamed;

import android.content.Context;

final class State {
    private State() {}

    static boolean ready(Context context) {
        return context.getSharedPreferences("app", Context.MODE_PRIVATE).getBoolean("user_agreement_accepted", false);
    }
}
