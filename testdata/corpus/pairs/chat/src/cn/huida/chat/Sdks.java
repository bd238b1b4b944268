package cn.huida.chat;

import android.app.Activity;

/** Starts the SDKs. */
final class Sdks {
	private Sdks() {
	}

	static void start(Activity activity) {
		com.moor.imkf.IMChatManager.getInstance().init(activity, "a", "b", "c", "d");
		new com.zego.zegoliveroom.ZegoLiveRoom().initSDK(1L, "sign", activity);
		com.tencent.stat.StatService.trackCustomEvent(activity, "open");
	}
}
