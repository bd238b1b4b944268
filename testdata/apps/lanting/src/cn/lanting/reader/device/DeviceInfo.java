package cn.lanting.reader.device;

import android.content.Context;
import android.provider.Settings;
import android.telephony.TelephonyManager;

/** The identifiers that the server uses to recognise a handset. */
public final class DeviceInfo {
    private DeviceInfo() {
    }

    /** Planted: the policy names the IMEI. Empty where the system withholds it. */
    public static String imei(Context context) {
        try {
            TelephonyManager phone =
                    (TelephonyManager) context.getSystemService(Context.TELEPHONY_SERVICE);
            String id = phone.getDeviceId();
            return id == null ? "" : id;
        } catch (SecurityException refused) {
            return "";
        }
    }

    /** Planted: the policy is silent about the Android ID. */
    public static String androidId(Context context) {
        String id = Settings.Secure.getString(
                context.getContentResolver(), Settings.Secure.ANDROID_ID);
        return id == null ? "" : id;
    }
}
