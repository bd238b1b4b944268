package cn.jiayong.meter;

import android.app.Activity;

/** Starts the SDKs. */
final class Sdks {
	private Sdks() {
	}

	static void start(Activity activity) {
		com.baidu.android.pushservice.PushManager.startWork(activity, 0, "key");
		com.netease.nis.captcha.Captcha.getInstance().init(null);
		cn.tongdun.android.shell.FMAgent.init(activity, "production");
	}
}
