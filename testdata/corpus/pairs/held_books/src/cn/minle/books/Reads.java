package cn.minle.books;

import android.app.Activity;

/** What the app's own code reads. */
final class Reads {
	private Reads() {
	}

	static Object camera(Activity activity) {
		return android.hardware.Camera.open();
	}
}
