package cn.lanshu.reader;

import android.app.Activity;

/** Starts the SDKs. */
final class Sdks {
	private Sdks() {
	}

	static void start(Activity activity) {
		com.tencent.bugly.crashreport.CrashReport.initCrashReport(activity, "id", false);
		com.tencent.mm.opensdk.openapi.WXAPIFactory.createWXAPI(activity, "wx0").registerApp("wx0");
	}
}
