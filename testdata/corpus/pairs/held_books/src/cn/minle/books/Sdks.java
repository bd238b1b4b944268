package cn.minle.books;

import android.app.Activity;

/** Starts the SDKs. */
final class Sdks {
	private Sdks() {
	}

	static void start(Activity activity) {
		com.baidu.mobstat.StatService.start(activity);
		com.tencent.android.tpush.XGPushManager.registerPush(activity);
		com.sobot.chat.SobotApi.startSobotChat(activity, null);
	}
}
