package com.drowsea.sleep;

import android.app.Activity;

/** Starts the SDKs. */
final class Sdks {
	private Sdks() {
	}

	static void start(Activity activity) {
		new com.flurry.android.FlurryAgent.Builder().build(activity, "key");
		io.branch.referral.Branch.getAutoInstance(activity);
	}
}
