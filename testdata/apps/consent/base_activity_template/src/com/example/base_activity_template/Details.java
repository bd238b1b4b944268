package com.example.base_activity_template;

import android.location.LocationManager;

public class Details extends BaseActivity {
    @Override
    void init() {
        this.getSystemService(LocationManager.class).getLastKnownLocation(LocationManager.GPS_PROVIDER);
    }
}
