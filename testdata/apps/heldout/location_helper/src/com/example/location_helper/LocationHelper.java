package com.example.location_helper;

import android.app.Activity;
import android.content.pm.PackageManager;
import android.location.Location;
import android.location.LocationListener;
import android.location.LocationManager;
import android.os.Bundle;
import android.provider.Settings;
import android.telephony.TelephonyManager;

final class LocationHelper implements LocationListener {
    static final String PERMISSION = "android.permission.ACCESS_FINE_LOCATION";
    private final Activity activity;

    LocationHelper(Activity activity) {
        this.activity = activity;
    }

    boolean granted() {
        return activity.checkSelfPermission(PERMISSION) == PackageManager.PERMISSION_GRANTED;
    }

    void ensure() {
        if (granted()) {
            start();
        } else {
            explain();
            activity.requestPermissions(new String[] {PERMISSION}, 3);
        }
    }

    void onResult(int code, int[] results) {
        if (code == 3 && results.length > 0 && results[0] == PackageManager.PERMISSION_GRANTED) {
            start();
        }
    }

    private void start() {
        activity.getSystemService(LocationManager.class).requestLocationUpdates("gps", 0, 0, this);
    }

    private void explain() {
        activity.getSystemService(TelephonyManager.class).getNetworkOperatorName();
    }

    @Override
    public void onLocationChanged(Location location) {
        Settings.Secure.getString(activity.getContentResolver(), Settings.Secure.ANDROID_ID);
    }

    @Override
    public void onStatusChanged(String provider, int status, Bundle extras) {}

    @Override
    public void onProviderEnabled(String provider) {}

    @Override
    public void onProviderDisabled(String provider) {}
}
