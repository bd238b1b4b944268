package cn.guanjia.keeper;

import android.app.Activity;

/** Starts the SDKs. */
final class Sdks {
	private Sdks() {
	}

	static void start(Activity activity) {
		com.igexin.sdk.PushManager.getInstance().initialize(activity);
		com.umeng.analytics.MobclickAgent.onEvent(activity, "open");
	}
}
