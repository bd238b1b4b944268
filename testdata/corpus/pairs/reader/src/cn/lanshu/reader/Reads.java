package cn.lanshu.reader;

import android.app.Activity;

/** What the app's own code reads. */
final class Reads {
	private Reads() {
	}

	static Object clip(Activity activity) {
		return ((android.content.ClipboardManager) activity.getSystemService("clipboard")).getPrimaryClip();
	}

	static Object drm(Activity activity) {
		try {
			return new android.media.MediaDrm(new java.util.UUID(-0x121074568629b532L, -0x5c37d8232ae2de13L))
					.getPropertyByteArray(android.media.MediaDrm.PROPERTY_DEVICE_UNIQUE_ID);
		} catch (android.media.UnsupportedSchemeException e) {
			return null;
		}
	}
}
