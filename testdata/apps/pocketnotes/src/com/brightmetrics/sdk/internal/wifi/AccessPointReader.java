package com.brightmetrics.sdk.internal.wifi;

import android.content.Context;
import android.net.wifi.WifiInfo;
import android.net.wifi.WifiManager;

/** Reads the access point in use. Planted: SSID and BSSID. */
public final class AccessPointReader {
    private final WifiManager wifi;

    public AccessPointReader(Context context) {
        wifi = (WifiManager) context.getSystemService(Context.WIFI_SERVICE);
    }

    public AccessPoint current() {
        WifiInfo info = wifi.getConnectionInfo();
        return info == null ? AccessPoint.NONE : new AccessPoint(info.getSSID(), info.getBSSID());
    }
}
