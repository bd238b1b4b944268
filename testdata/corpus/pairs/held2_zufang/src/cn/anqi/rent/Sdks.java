package cn.anqi.rent;

import android.app.Activity;

/** Starts the SDKs. */
final class Sdks {
	private Sdks() {
	}

	static void start(Activity activity) {
		com.xiaomi.onetrack.OneTrack.createInstance(activity, null);
		cn.bmob.v3.Bmob.initialize(activity, "id");
		com.apptimize.Apptimize.setup(activity, "key");
	}
}
