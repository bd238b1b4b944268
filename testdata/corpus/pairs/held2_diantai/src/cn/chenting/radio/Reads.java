package cn.chenting.radio;

import android.app.Activity;

/** What the app's own code reads. */
final class Reads {
	private Reads() {
	}

	static Object paired(Activity activity) {
		return android.bluetooth.BluetoothAdapter.getDefaultAdapter().getBondedDevices();
	}
}
