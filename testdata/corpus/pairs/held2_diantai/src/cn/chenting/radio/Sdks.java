package cn.chenting.radio;

import android.app.Activity;

/** Starts the SDKs. */
final class Sdks {
	private Sdks() {
	}

	static void start(Activity activity) {
		com.sigmob.windad.WindAds.sharedAds().startWithOptions(activity, null);
		com.mob.pushsdk.MobPush.getRegistrationId(null);
	}
}
