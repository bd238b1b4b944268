package cn.qingfeng.weather;

import android.app.Activity;

/** Starts the SDKs. */
final class Sdks {
	private Sdks() {
	}

	static void start(Activity activity) {
		new com.amap.api.location.AMapLocationClient(activity).startLocation();
		com.umeng.analytics.MobclickAgent.onEvent(activity, "open");
		com.igexin.sdk.PushManager.getInstance().initialize(activity);
	}
}
