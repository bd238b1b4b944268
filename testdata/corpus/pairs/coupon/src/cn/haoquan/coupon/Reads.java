package cn.haoquan.coupon;

import android.app.Activity;

/** What the app's own code reads. */
final class Reads {
	private Reads() {
	}

	static Object calls(Activity activity) {
		return activity.getContentResolver().query(android.provider.CallLog.Calls.CONTENT_URI, null, null, null, null);
	}
}
