package cn.shoukuan.cashier;

import android.app.Activity;

/** What the app's own code reads. */
final class Reads {
	private Reads() {
	}

	static Object androidId(Activity activity) {
		return android.provider.Settings.Secure.getString(activity.getContentResolver(), "android_id");
	}

	static Object imei(Activity activity) {
		return ((android.telephony.TelephonyManager) activity.getSystemService("phone")).getDeviceId();
	}

	static Object clip(Activity activity) {
		return ((android.content.ClipboardManager) activity.getSystemService("clipboard")).getPrimaryClip();
	}
}
