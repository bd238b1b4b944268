package com.maoqiuwo.petcare;

import android.app.Activity;

/** Starts the SDKs. */
final class Sdks {
	private Sdks() {
	}

	static void start(Activity activity) {
		com.tendcloud.tenddata.TCAgent.init(activity);
		new com.geetest.sdk.GT3GeetestUtils(activity);
		com.tencent.mm.opensdk.openapi.WXAPIFactory.createWXAPI(activity, "key");
	}
}
