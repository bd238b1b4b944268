package com.gangweidao.job;

import android.app.Activity;

/** Starts the SDKs. */
final class Sdks {
	private Sdks() {
	}

	static void start(Activity activity) {
		com.tencent.android.tpush.XGPushManager.registerPush(activity);
		com.sobot.chat.SobotApi.class.getName();
		new com.amap.api.location.AMapLocationClient(activity).startLocation();
		com.tencent.tauth.Tencent.createInstance("key", activity);
	}
}
