package dk.saltmarsh.ferry;

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

	static Object androidId(Activity activity) {
		return android.provider.Settings.Secure.getString(activity.getContentResolver(), "android_id");
	}
}
