package cn.zhuifan.drama;

import android.app.Activity;

/** Starts the SDKs. */
final class Sdks {
	private Sdks() {
	}

	static void start(Activity activity) {
		new com.baidu.mobads.AdView(activity);
		com.hpplay.sdk.source.api.LelinkSourceSDK.getInstance().startBrowse();
		com.wannuosili.sdk.WNAdSdk.initialize(null);
	}
}
