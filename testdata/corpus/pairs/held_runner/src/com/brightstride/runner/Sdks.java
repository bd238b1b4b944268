package com.brightstride.runner;

import android.app.Activity;

/** Starts the SDKs. */
final class Sdks {
	private Sdks() {
	}

	static void start(Activity activity) {
		com.mixpanel.android.mpmetrics.MixpanelAPI.getInstance(activity, "token").track("open", null);
		new com.kochava.android.tracker.Feature(activity, "key");
		com.localytics.android.Localytics.integrate(activity);
	}
}
