package com.fernhollow.plants;

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

	static Object androidId(Activity activity) {
		return android.provider.Settings.Secure.getString(activity.getContentResolver(), "android_id");
	}
}
