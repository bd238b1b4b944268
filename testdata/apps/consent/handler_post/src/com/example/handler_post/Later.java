package com.example.handler_post;

import android.content.ClipboardManager;
import android.content.Context;

final class Later implements Runnable {
    private final Context context;

    Later(Context context) {
        this.context = context;
    }

    @Override
    public void run() {
        context.getSystemService(ClipboardManager.class).getPrimaryClip();
    }
}
