package com.example.gate_bypassed;

import android.app.Application;
import com.example.gate_bypassed.sdk.Sdk;

public class App extends Application {
    @Override
    public void onCreate() {
        super.onCreate();
        if (getSharedPreferences("app", MODE_PRIVATE).getBoolean("privacy_agreed", false)) {
            Sdk.init(this);
        }
    }
}
