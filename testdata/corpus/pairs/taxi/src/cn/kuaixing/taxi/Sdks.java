package cn.kuaixing.taxi;

import android.app.Activity;

/** Starts the SDKs. */
final class Sdks {
	private Sdks() {
	}

	static void start(Activity activity) {
		com.tencent.map.geolocation.TencentLocationManager.getInstance(activity);
		com.cmic.sso.wy.auth.AuthnHelper.getInstance(activity).mobileAuth("id", "key", null);
		new com.alipay.sdk.app.PayTask(activity).pay("order", true);
	}
}
