package com.example.listener_list;

import android.app.Application;
import android.provider.Settings;

public class App extends Application implements Events.Listener {
    @Override
    public void onCreate() {
        super.onCreate();
        Events events = new Events();
        events.add(this);
        events.start();
    }

    @Override
    public void onStart() {
        Settings.Secure.getString(this.getContentResolver(), Settings.Secure.ANDROID_ID);
    }
}
