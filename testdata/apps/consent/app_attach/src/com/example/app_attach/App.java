package com.example.app_attach;

import android.app.Application;
import android.content.Context;

public class App extends Application {
    @Override
    protected void attachBaseContext(Context base) {
        super.attachBaseContext(base);
        base.getPackageManager().getInstalledPackages(0);
    }
}
