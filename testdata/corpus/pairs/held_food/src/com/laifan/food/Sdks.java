package com.laifan.food;

import android.app.Activity;

/** Starts the SDKs. */
final class Sdks {
	private Sdks() {
	}

	static void start(Activity activity) {
		com.zxinsight.MagicWindowSDK.initSDK(null);
		com.vivo.push.PushClient.getInstance(activity).initialize();
		cn.smssdk.SMSSDK.initSDK(activity, "id", "key");
	}
}
