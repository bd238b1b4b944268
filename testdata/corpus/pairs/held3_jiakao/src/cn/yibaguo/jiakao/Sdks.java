package cn.yibaguo.jiakao;

import android.app.Activity;

/** Starts the SDKs. */
final class Sdks {
	private Sdks() {
	}

	static void start(Activity activity) {
		com.umeng.analytics.MobclickAgent.onPageStart("main");
		com.igexin.sdk.PushManager.getInstance().initialize(activity);
		com.sigmob.windad.WindAds.class.getName();
		com.tencent.bugly.crashreport.CrashReport.initCrashReport(activity);
	}
}
