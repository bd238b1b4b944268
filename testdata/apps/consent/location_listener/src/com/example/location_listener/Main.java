package com.example.location_listener;

import android.app.Activity;
import android.location.Location;
import android.location.LocationListener;
import android.location.LocationManager;
import android.os.Bundle;
import android.telephony.TelephonyManager;

public class Main extends Activity implements LocationListener {
    @Override
    protected void onCreate(Bundle state) {
        super.onCreate(state);
        getSystemService(LocationManager.class).requestLocationUpdates(LocationManager.GPS_PROVIDER, 1000, 1, this);
    }

    @Override
    public void onLocationChanged(Location location) {
        this.getSystemService(TelephonyManager.class).getAllCellInfo();
    }

    @Override
    public void onStatusChanged(String provider, int status, Bundle extras) {}

    @Override
    public void onProviderEnabled(String provider) {}

    @Override
    public void onProviderDisabled(String provider) {}
}
