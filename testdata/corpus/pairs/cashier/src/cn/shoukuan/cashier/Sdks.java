package cn.shoukuan.cashier;

import android.app.Activity;

/** Starts the SDKs. */
final class Sdks {
	private Sdks() {
	}

	static void start(Activity activity) {
		com.hihonor.push.sdk.HonorPushClient.getInstance().init(activity, false);
		cn.beecloud.BeeCloud.setAppIdAndSecret("id", "secret");
		com.tencent.mm.opensdk.openapi.WXAPIFactory.createWXAPI(activity, "wx0").registerApp("wx0");
	}
}
