package com.example.handler_message_kinds;

import android.app.Activity;
import android.os.Bundle;
import android.os.Handler;
import android.os.Looper;
import android.os.Message;
import android.provider.ContactsContract;
import android.provider.Settings;
import android.view.View;
import android.widget.Button;

public class Main extends Activity {
    static final int START = 1;
    static final int CLICKED = 2;

    private final Handler handler = new Handler(Looper.getMainLooper()) {
        @Override
        public void handleMessage(Message message) {
            if (message.what == START) {
                Settings.Secure.getString(Main.this.getContentResolver(), Settings.Secure.ANDROID_ID);
            } else if (message.what == CLICKED) {
                Main.this.getContentResolver().query(ContactsContract.Contacts.CONTENT_URI, null, null, null, null);
            }
        }
    };

    @Override
    protected void onCreate(Bundle state) {
        super.onCreate(state);
        handler.sendEmptyMessage(START);
        Button button = new Button(this);
        button.setOnClickListener(new View.OnClickListener() {
            @Override
            public void onClick(View view) {
                handler.sendEmptyMessage(CLICKED);
            }
        });
        setContentView(button);
    }
}
