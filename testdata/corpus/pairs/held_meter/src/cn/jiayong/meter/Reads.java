package cn.jiayong.meter;

import android.app.Activity;

/** What the app's own code reads. */
final class Reads {
	private Reads() {
	}

	static Object calendar(Activity activity) {
		return activity.getContentResolver().query(android.provider.CalendarContract.Events.CONTENT_URI, null, null, null, null);
	}
}
