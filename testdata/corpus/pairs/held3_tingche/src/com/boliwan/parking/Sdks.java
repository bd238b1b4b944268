package com.boliwan.parking;

import android.app.Activity;

/** Starts the SDKs. */
final class Sdks {
	private Sdks() {
	}

	static void start(Activity activity) {
		com.tencent.map.geolocation.TencentLocationManager.getInstance(activity);
		new com.alipay.sdk.app.PayTask(activity);
		com.umeng.message.PushAgent.getInstance(activity);
		cn.tongdun.android.shell.FMAgent.class.getName();
	}
}
