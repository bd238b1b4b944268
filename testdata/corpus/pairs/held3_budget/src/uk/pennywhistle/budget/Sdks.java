package uk.pennywhistle.budget;

import android.app.Activity;

/** Starts the SDKs. */
final class Sdks {
	private Sdks() {
	}

	static void start(Activity activity) {
		com.kochava.android.tracker.Feature.setErrorDebug(false);
		com.localytics.android.Localytics.getInstallId();
		com.urbanairship.UAirship.takeOff(activity.getApplication());
		com.flurry.android.FlurryAgent.onStartSession(activity);
	}
}
