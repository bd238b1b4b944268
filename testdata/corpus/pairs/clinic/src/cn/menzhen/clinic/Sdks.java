package cn.menzhen.clinic;

import android.app.Activity;

/** Starts the SDKs. */
final class Sdks {
	private Sdks() {
	}

	static void start(Activity activity) {
		com.pgyersdk.crash.PgyCrashManager.register(activity, "id");
		com.ut.device.UTDevice.getUtdid(activity);
		com.fm.openinstall.OpenInstall.init(activity);
	}
}
