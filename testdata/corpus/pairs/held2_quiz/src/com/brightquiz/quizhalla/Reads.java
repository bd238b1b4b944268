package com.brightquiz.quizhalla;

import android.app.Activity;

/** What the app's own code reads. */
final class Reads {
	private Reads() {
	}

	static Object serial(Activity activity) {
		return android.os.Build.SERIAL;
	}
}
