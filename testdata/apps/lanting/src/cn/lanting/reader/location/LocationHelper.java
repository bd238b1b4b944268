package cn.lanting.reader.location;

import android.content.Context;
import android.location.Location;
import android.location.LocationListener;
import android.location.LocationManager;
import android.os.Bundle;

/** Finds the bookshop nearest to the reader. Planted: the policy only says 位置信息. */
public final class LocationHelper implements LocationListener {

    /** Hears which bookshop is nearest, null when none is close enough. */
    public interface Listener {
        void onNearest(Bookshop shop, int metres);
    }

    private static final long EVERY_MS = 60000L;
    private static final float EVERY_METRES = 200f;
    private static final int FAR_METRES = 20000;

    private static final Bookshop[] SHOPS = {
            new Bookshop("兰亭书店·湖滨店", 30.2545, 120.1620),
            new Bookshop("兰亭书店·大学城店", 30.3092, 120.3441),
            new Bookshop("兰亭书店·运河店", 30.3208, 120.1365),
    };

    private final LocationManager manager;
    private final Listener listener;

    public LocationHelper(Context context, Listener listener) {
        manager = (LocationManager) context.getSystemService(Context.LOCATION_SERVICE);
        this.listener = listener;
    }

    public void start() {
        try {
            Location last = manager.getLastKnownLocation(LocationManager.GPS_PROVIDER);
            if (last != null) {
                report(last);
            }
            manager.requestLocationUpdates(
                    LocationManager.NETWORK_PROVIDER, EVERY_MS, EVERY_METRES, this);
        } catch (SecurityException refused) {
            listener.onNearest(null, 0);
        }
    }

    public void stop() {
        manager.removeUpdates(this);
    }

    @Override
    public void onLocationChanged(Location here) {
        report(here);
    }

    @Override
    public void onStatusChanged(String provider, int status, Bundle extras) {
    }

    @Override
    public void onProviderEnabled(String provider) {
    }

    @Override
    public void onProviderDisabled(String provider) {
    }

    private void report(Location here) {
        Bookshop nearest = null;
        int best = FAR_METRES;
        for (Bookshop shop : SHOPS) {
            int metres = shop.metresFrom(here);
            if (metres < best) {
                best = metres;
                nearest = shop;
            }
        }
        listener.onNearest(nearest, best);
    }
}
