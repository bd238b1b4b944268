package cn.tingxie.dictate;

import android.app.Activity;

/** Starts the SDKs. */
final class Sdks {
	private Sdks() {
	}

	static void start(Activity activity) {
		com.iflytek.cloud.SpeechUtility.createUtility(activity, "appid=1");
		com.ut.device.UTDevice.getUtdid(activity);
		com.tencent.bugly.crashreport.CrashReport.initCrashReport(activity, "id", false);
	}
}
