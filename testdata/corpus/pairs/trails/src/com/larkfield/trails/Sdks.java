package com.larkfield.trails;

import android.app.Activity;

/** Starts the SDKs. */
final class Sdks {
	private Sdks() {
	}

	static void start(Activity activity) {
		com.amplitude.api.Amplitude.getInstance().initialize(activity, "key");
		com.adjust.sdk.Adjust.onResume();
		com.crittercism.app.Crittercism.initialize(activity, "id");
	}
}
