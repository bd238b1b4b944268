package cn.haoquan.coupon;

import android.app.Activity;

/** Starts the SDKs. */
final class Sdks {
	private Sdks() {
	}

	static void start(Activity activity) {
		com.pgyersdk.crash.PgyCrashManager.register(activity, "id");
		com.microquation.linkedme.android.LinkedME.getInstance(activity, "key");
		com.reyun.tracking.sdk.Tracking.initWithKeyAndChannelId(activity.getApplication(), "key", "default");
	}
}
