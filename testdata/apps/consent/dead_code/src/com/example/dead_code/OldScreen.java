package com.example.dead_code;

import android.app.Activity;
import android.content.ClipboardManager;
import android.os.Bundle;

/** An activity that the manifest does not name. */
public class OldScreen extends Activity {
    @Override
    protected void onCreate(Bundle state) {
        super.onCreate(state);
        this.getSystemService(ClipboardManager.class).getPrimaryClip();
    }
}
