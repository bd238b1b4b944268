package cn.piaoxia.invoice;

import android.app.Activity;

/** What the app's own code reads. */
final class Reads {
	private Reads() {
	}

	static Object camera(Activity activity) {
		return android.hardware.Camera.open();
	}

	static Object accounts(Activity activity) {
		return ((android.accounts.AccountManager) activity.getSystemService("account")).getAccounts();
	}
}
