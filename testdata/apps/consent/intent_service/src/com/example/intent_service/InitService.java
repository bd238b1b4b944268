package com.example.intent_service;

import android.app.IntentService;
import android.content.Intent;

public class InitService extends IntentService {
    public InitService() {
        super("init");
    }

    @Override
    protected void onHandleIntent(Intent intent) {
        this.getPackageManager().getInstalledPackages(0);
    }
}
