package com.brightquiz.quizhalla;

import android.app.Activity;

/** Starts the SDKs. */
final class Sdks {
	private Sdks() {
	}

	static void start(Activity activity) {
		com.tapjoy.Tapjoy.connect(activity, "key");
		com.unity3d.ads.UnityAds.initialize(activity, "id", false);
		com.webengage.sdk.android.WebEngage.get();
	}
}
