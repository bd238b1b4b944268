package com.jinbi.coins;

import android.app.Activity;

/** Starts the SDKs. */
final class Sdks {
	private Sdks() {
	}

	static void start(Activity activity) {
		activity.setContentView(new cn.domob.android.ads.DomobAdView(activity, "id", "320x50"));
		net.youmi.android.AdManager.init(activity, "id", "secret", 30, false);
		activity.setContentView(new com.adwo.adsdk.AdwoAdView(activity, "id", false, 30));
		com.nd.dianjin.DianJinPlatform.initialize(activity, 1, "key");
	}
}
