package cn.xiaodian.shop;

import android.app.Activity;

/** Starts the SDKs. */
final class Sdks {
	private Sdks() {
	}

	static void start(Activity activity) {
		com.fm.openinstall.OpenInstall.init(activity);
		com.umeng.analytics.MobclickAgent.onEvent(activity, "open");
	}
}
