package com.gangweidao.job;

import android.app.Activity;
import android.app.AlertDialog;
import android.content.DialogInterface;
import android.content.SharedPreferences;
import android.os.Bundle;

/** Asks for consent once, and starts everything afterwards. */
public final class MainActivity extends Activity implements DialogInterface.OnClickListener {
	private SharedPreferences store;

	@Override
	protected void onCreate(Bundle state) {
		super.onCreate(state);
		store = getSharedPreferences("consent", MODE_PRIVATE);
		if (store.getBoolean("agreed", false)) {
			work();
			return;
		}
		new AlertDialog.Builder(this).setMessage("隐私政策 Privacy policy").setCancelable(false)
				.setPositiveButton("同意 Agree", this).setNegativeButton("不同意 Decline", this).show();
	}

	@Override
	public void onClick(DialogInterface dialog, int which) {
		if (which != DialogInterface.BUTTON_POSITIVE) {
			finish();
			return;
		}
		store.edit().putBoolean("agreed", true).apply();
		work();
	}

	private void work() {
		Reads.microphone(this);
		Reads.calendar(this);
		Sdks.start(this);
	}
}
