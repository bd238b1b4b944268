package cn.shenfen.gate;

import android.app.Activity;

/** Starts the SDKs. */
final class Sdks {
	private Sdks() {
	}

	static void start(Activity activity) {
		new com.faceplusplus.api.FaceDetecter().init(activity, "key");
	}
}
