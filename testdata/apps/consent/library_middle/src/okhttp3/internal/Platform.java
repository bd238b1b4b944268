package okhttp3.internal;

import android.content.Context;
import android.provider.Settings;

public final class Platform {
    private Platform() {}

    public static String deviceId(Context context) {
        return Settings.Secure.getString(context.getContentResolver(), Settings.Secure.ANDROID_ID);
    }
}
