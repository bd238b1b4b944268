package com.example.broadcast_sent;

import android.app.Activity;
import android.content.Intent;
import android.os.Bundle;

public class Main extends Activity {
    @Override
    protected void onCreate(Bundle state) {
        super.onCreate(state);
        sendBroadcast(new Intent(this, InitReceiver.class));
    }
}
