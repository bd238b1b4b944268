package com.redmaple.game;

import android.app.Activity;

/** What the app's own code reads. */
final class Reads {
	private Reads() {
	}

	static Object apps(Activity activity) {
		return activity.getPackageManager().getInstalledPackages(0);
	}
}
