package com.example.provider_calls;

import android.app.Application;
import android.net.Uri;

public class App extends Application {
    @Override
    public void onCreate() {
        super.onCreate();
        getContentResolver().call(Uri.parse("content://com.example.provider_calls.inner"), "id", null, null);
    }
}
