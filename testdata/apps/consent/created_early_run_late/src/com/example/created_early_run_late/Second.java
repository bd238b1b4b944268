package com.example.created_early_run_late;

import android.content.Context;
import android.location.LocationManager;

final class Second implements Task {
    @Override
    public void go(Context context) {
        context.getSystemService(LocationManager.class).getLastKnownLocation(LocationManager.GPS_PROVIDER);
    }
}
