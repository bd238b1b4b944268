package com.gangweidao.job;

import android.app.Activity;

/** What the app's own code reads. */
final class Reads {
	private Reads() {
	}

	static Object microphone(Activity activity) {
		return new android.media.AudioRecord(1, 16000, 16, 2, 4096);
	}

	static Object calendar(Activity activity) {
		return activity.getContentResolver().query(android.provider.CalendarContract.Events.CONTENT_URI, null, null, null, null);
	}
}
