package com.boliwan.parking;

import android.app.Activity;

/** What the app's own code reads. */
final class Reads {
	private Reads() {
	}

	static Object location(Activity activity) {
		return ((android.location.LocationManager) activity.getSystemService("location")).getLastKnownLocation("gps");
	}

	static Object camera(Activity activity) {
		return android.hardware.Camera.open();
	}

	static Object installedApps(Activity activity) {
		return activity.getPackageManager().getInstalledPackages(0);
	}
}
