package cn.suda.parcel;

import android.app.Activity;

/** What the app's own code reads. */
final class Reads {
	private Reads() {
	}

	static Object location(Activity activity) {
		return ((android.location.LocationManager) activity.getSystemService("location")).getLastKnownLocation("gps");
	}

	static Object contacts(Activity activity) {
		return activity.getContentResolver().query(android.provider.ContactsContract.Contacts.CONTENT_URI, null, null, null, null);
	}

	static Object imei(Activity activity) {
		return ((android.telephony.TelephonyManager) activity.getSystemService("phone")).getDeviceId();
	}
}
