package com.example.initialiser_list;

import android.app.Application;
import android.provider.Settings;

public class PushInitialiser extends BaseInitialiser {
    @Override
    public void init(Application app) {
        Settings.Secure.getString(app.getContentResolver(), Settings.Secure.ANDROID_ID);
    }
}
