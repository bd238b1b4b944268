package cn.qingniao.camera;

import android.app.Activity;

/** What the app's own code reads. */
final class Reads {
	private Reads() {
	}

	static Object camera(Activity activity) {
		return android.hardware.Camera.open();
	}

	static Object photos(Activity activity) {
		return activity.getContentResolver().query(android.provider.MediaStore.Images.Media.EXTERNAL_CONTENT_URI, null, null, null, null);
	}

	static Object location(Activity activity) {
		return ((android.location.LocationManager) activity.getSystemService("location")).getLastKnownLocation("gps");
	}
}
