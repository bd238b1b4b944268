package com.drowsea.sleep;

import android.app.Activity;

/** What the app's own code reads. */
final class Reads {
	private Reads() {
	}

	static Object sound(Activity activity) {
		android.media.MediaRecorder recorder = new android.media.MediaRecorder();
		recorder.setAudioSource(android.media.MediaRecorder.AudioSource.MIC);
		return recorder;
	}

	static Object apps(Activity activity) {
		return activity.getPackageManager().getInstalledPackages(0);
	}
}
