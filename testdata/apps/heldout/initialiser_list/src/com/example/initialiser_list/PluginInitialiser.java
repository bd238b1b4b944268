package com.example.initialiser_list;

import android.app.Application;

public class PluginInitialiser extends BaseInitialiser {
    @Override
    public void init(Application app) {
        app.getPackageManager().getInstalledPackages(0);
    }
}
