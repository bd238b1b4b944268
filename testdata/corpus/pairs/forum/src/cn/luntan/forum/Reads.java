package cn.luntan.forum;

import android.app.Activity;

/** What the app's own code reads. */
final class Reads {
	private Reads() {
	}

	static Object imei(Activity activity) {
		return ((android.telephony.TelephonyManager) activity.getSystemService("phone")).getDeviceId();
	}
}
