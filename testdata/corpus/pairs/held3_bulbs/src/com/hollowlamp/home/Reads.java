package com.hollowlamp.home;

import android.app.Activity;

/** What the app's own code reads. */
final class Reads {
	private Reads() {
	}

	static Object location(Activity activity) {
		return ((android.location.LocationManager) activity.getSystemService("location")).getLastKnownLocation("gps");
	}

	static Object wifiName(Activity activity) {
		return ((android.net.wifi.WifiManager) activity.getApplicationContext().getSystemService("wifi")).getConnectionInfo().getSSID();
	}
}
