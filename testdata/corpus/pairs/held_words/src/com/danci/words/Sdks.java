package com.danci.words;

import android.app.Activity;

/** Starts the SDKs. */
final class Sdks {
	private Sdks() {
	}

	static void start(Activity activity) {
		com.analysys.AnalysysAgent.init(activity, null);
		new com.youdao.sdk.nativeads.YouDaoNative(activity, "id", null).makeRequest();
		com.iovation.mobile.android.FraudForceManager.getInstance().initialize(activity);
	}
}
