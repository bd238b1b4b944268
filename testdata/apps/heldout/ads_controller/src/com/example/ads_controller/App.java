package com.example.ads_controller;

import android.app.Application;
import android.content.Context;
import com.acme.ads.AdController;
import com.acme.ads.AdSdk;

public class App extends Application {
    @Override
    public void onCreate() {
        super.onCreate();
        AdSdk.init(this, new AdController() {
            @Override
            public boolean isCanUsePhoneState() {
                return App.this.getSharedPreferences("app", Context.MODE_PRIVATE).getBoolean("privacy_agreed", false);
            }
        });
    }
}
