package cn.suda.parcel;

import android.app.Activity;

/** Starts the SDKs. */
final class Sdks {
	private Sdks() {
	}

	static void start(Activity activity) {
		com.tendcloud.tenddata.TCAgent.init(activity);
		com.meiqia.core.MQManager.getInstance(activity);
		com.xiaomi.mipush.sdk.MiPushClient.registerPush(activity, "id", "key");
	}
}
