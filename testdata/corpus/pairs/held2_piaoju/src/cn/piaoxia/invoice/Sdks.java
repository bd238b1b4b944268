package cn.piaoxia.invoice;

import android.app.Activity;

/** Starts the SDKs. */
final class Sdks {
	private Sdks() {
	}

	static void start(Activity activity) {
		com.alibaba.sdk.android.man.MANServiceProvider.getService();
		com.alibaba.sdk.android.feedback.impl.FeedbackAPI.init(activity.getApplication(), "key", "secret");
		com.baidu.ocr.sdk.OCR.getInstance(activity).initAccessToken(null, activity);
	}
}
