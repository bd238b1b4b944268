package com.example.gate_helper_class;

import android.app.Application;

public class App extends Application {
    @Override
    public void onCreate() {
        super.onCreate();
        if (ConsentManager.get(this).isAccepted()) {
            Sdk.init(this);
        }
    }
}
