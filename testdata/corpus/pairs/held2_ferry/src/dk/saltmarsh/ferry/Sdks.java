package dk.saltmarsh.ferry;

import android.app.Activity;

/** Starts the SDKs. */
final class Sdks {
	private Sdks() {
	}

	static void start(Activity activity) {
		io.radar.sdk.Radar.initialize("key");
		io.radar.sdk.Radar.startTracking();
		com.batch.android.Batch.onStart(activity);
	}
}
