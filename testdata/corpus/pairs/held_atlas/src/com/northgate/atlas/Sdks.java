package com.northgate.atlas;

import android.app.Activity;

/** Starts the SDKs. */
final class Sdks {
	private Sdks() {
	}

	static void start(Activity activity) {
		com.leanplum.Leanplum.start(activity);
		com.urbanairship.UAirship.takeOff(activity.getApplication());
		com.meizu.cloud.pushsdk.PushManager.register(activity, "id", "key");
	}
}
