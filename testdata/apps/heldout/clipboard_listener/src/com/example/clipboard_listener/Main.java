package com.example.clipboard_listener;

import android.app.Activity;
import android.content.ClipboardManager;
import android.os.Bundle;
import android.view.View;
import android.widget.Button;

public class Main extends Activity implements ClipboardManager.OnPrimaryClipChangedListener {
    private ClipboardManager clipboard;

    @Override
    protected void onCreate(Bundle state) {
        super.onCreate(state);
        clipboard = (ClipboardManager) getSystemService(CLIPBOARD_SERVICE);
        clipboard.addPrimaryClipChangedListener(this);
        Button paste = new Button(this);
        paste.setOnClickListener(new View.OnClickListener() {
            @Override
            public void onClick(View view) {
                clipboard.addPrimaryClipChangedListener(new Paste(Main.this));
            }
        });
        setContentView(paste);
    }

    @Override
    public void onPrimaryClipChanged() {
        clipboard.getPrimaryClip();
    }

    @Override
    protected void onDestroy() {
        clipboard.removePrimaryClipChangedListener(this);
        super.onDestroy();
    }
}
