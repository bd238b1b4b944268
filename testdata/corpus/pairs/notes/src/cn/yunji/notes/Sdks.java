package cn.yunji.notes;

import android.app.Activity;

/** Starts the SDKs. */
final class Sdks {
	private Sdks() {
	}

	static void start(Activity activity) {
		com.tencent.bugly.crashreport.CrashReport.initCrashReport(activity, "id", false);
		com.igexin.sdk.PushManager.getInstance().initialize(activity);
		com.tencent.mm.opensdk.openapi.WXAPIFactory.createWXAPI(activity, "wx0").registerApp("wx0");
		com.umeng.analytics.MobclickAgent.onEvent(activity, "open");
	}
}
