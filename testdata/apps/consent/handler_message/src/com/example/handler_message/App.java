package com.example.handler_message;

import android.app.Application;
import android.os.Handler;
import android.os.Looper;
import android.os.Message;
import android.provider.Settings;

public class App extends Application implements Handler.Callback {
    @Override
    public void onCreate() {
        super.onCreate();
        new Worker(this).sendEmptyMessage(1);
        Handler handler = new Handler(Looper.getMainLooper(), this);
        handler.sendMessageDelayed(Message.obtain(handler, 2), 100);
    }

    @Override
    public boolean handleMessage(Message message) {
        Settings.Secure.getString(this.getContentResolver(), Settings.Secure.ANDROID_ID);
        return true;
    }
}
