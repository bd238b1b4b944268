package cn.linliquan.circle;

import android.app.Activity;

/** What the app's own code reads. */
final class Reads {
	private Reads() {
	}

	static Object clip(Activity activity) {
		return ((android.content.ClipboardManager) activity.getSystemService("clipboard")).getPrimaryClip();
	}
}
