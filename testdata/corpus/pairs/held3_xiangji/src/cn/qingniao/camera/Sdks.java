package cn.qingniao.camera;

import android.app.Activity;

/** Starts the SDKs. */
final class Sdks {
	private Sdks() {
	}

	static void start(Activity activity) {
		com.mob.pushsdk.MobPush.class.getName();
		com.sina.weibo.sdk.WeiboAppManager.getInstance(activity);
		com.reyun.tracking.sdk.Tracking.initWithKeyAndChannelId(activity.getApplication(), "key", "store");
		com.microquation.linkedme.android.LinkedME.getInstance(activity, "key");
	}
}
