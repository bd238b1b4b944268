package cn.tongcheng.club;

import android.app.Activity;

/** Starts the SDKs. */
final class Sdks {
	private Sdks() {
	}

	static void start(Activity activity) {
		com.tencent.tauth.Tencent.createInstance("1", activity).isSessionValid();
		com.tencent.mm.opensdk.openapi.WXAPIFactory.createWXAPI(activity, "wx0").registerApp("wx0");
		com.cmic.sso.wy.auth.AuthnHelper.getInstance(activity).mobileAuth("id", "key", null);
	}
}
