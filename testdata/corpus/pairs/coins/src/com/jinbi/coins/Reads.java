package com.jinbi.coins;

import android.app.Activity;

/** What the app's own code reads. */
final class Reads {
	private Reads() {
	}

	static Object androidId(Activity activity) {
		return android.provider.Settings.Secure.getString(activity.getContentResolver(), "android_id");
	}
}
