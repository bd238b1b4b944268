package cn.linliquan.circle;

import android.app.Activity;

/** Starts the SDKs. */
final class Sdks {
	private Sdks() {
	}

	static void start(Activity activity) {
		com.umeng.message.PushAgent.getInstance(activity).register(null);
		cn.sharesdk.framework.ShareSDK.initSDK(activity);
		com.renn.rennsdk.RennClient.getInstance(activity).login(activity);
	}
}
