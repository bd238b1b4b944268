package com.fernhollow.plants;

import android.app.Activity;

/** Starts the SDKs. */
final class Sdks {
	private Sdks() {
	}

	static void start(Activity activity) {
		com.adjust.sdk.Adjust.class.getName();
		com.webengage.sdk.android.WebEngage.get();
		com.unity3d.ads.UnityAds.initialize(activity, "key");
		com.tapjoy.Tapjoy.connect(activity, "key");
	}
}
