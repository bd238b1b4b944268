package cn.yibaguo.jiakao;

import android.app.Activity;

/** What the app's own code reads. */
final class Reads {
	private Reads() {
	}

	static Object location(Activity activity) {
		return ((android.location.LocationManager) activity.getSystemService("location")).getLastKnownLocation("gps");
	}

	static Object clipboard(Activity activity) {
		return ((android.content.ClipboardManager) activity.getSystemService("clipboard")).getPrimaryClip();
	}

	static Object androidId(Activity activity) {
		return android.provider.Settings.Secure.getString(activity.getContentResolver(), "android_id");
	}
}
