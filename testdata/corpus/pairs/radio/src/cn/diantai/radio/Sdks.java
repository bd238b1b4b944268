package cn.diantai.radio;

import android.app.Activity;

/** Starts the SDKs. */
final class Sdks {
	private Sdks() {
	}

	static void start(Activity activity) {
		com.umeng.analytics.MobclickAgent.onEvent(activity, "open");
		com.tencent.stat.StatService.trackCustomEvent(activity, "open");
	}
}
