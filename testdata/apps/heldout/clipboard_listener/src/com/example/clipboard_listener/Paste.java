package com.example.clipboard_listener;

import android.content.ClipboardManager;
import android.content.Context;

class Paste implements ClipboardManager.OnPrimaryClipChangedListener {
    private final Context context;

    Paste(Context context) {
        this.context = context;
    }

    @Override
    public void onPrimaryClipChanged() {
        context.getSystemService(ClipboardManager.class).getPrimaryClip();
    }
}
