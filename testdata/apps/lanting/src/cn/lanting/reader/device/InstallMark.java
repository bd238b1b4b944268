package cn.lanting.reader.device;

import android.content.Context;
import android.content.SharedPreferences;

/** Notes which device the app was started on, so that a restored backup is noticed. */
public final class InstallMark {
    private static final String DEVICE = "device";
    private static final String LAUNCHES = "launches";

    private InstallMark() {
    }

    public static void launch(Context context) {
        String id = DeviceInfo.androidId(context);
        SharedPreferences prefs = prefs(context);
        int launches = id.equals(prefs.getString(DEVICE, id)) ? prefs.getInt(LAUNCHES, 0) : 0;
        prefs.edit().putString(DEVICE, id).putInt(LAUNCHES, launches + 1).apply();
    }

    public static int launches(Context context) {
        return prefs(context).getInt(LAUNCHES, 0);
    }

    private static SharedPreferences prefs(Context context) {
        return context.getSharedPreferences("install", Context.MODE_PRIVATE);
    }
}
