package com.hollowlamp.home;

import android.app.Activity;

/** Starts the SDKs. */
final class Sdks {
	private Sdks() {
	}

	static void start(Activity activity) {
		io.branch.referral.Branch.getInstance();
		com.leanplum.Leanplum.setApplicationContext(activity);
		com.crittercism.app.Crittercism.initialize(activity, "key");
		com.apptimize.Apptimize.class.getName();
	}
}
