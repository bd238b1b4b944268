package cn.jpush.android.api;

import android.content.Context;
import android.content.Intent;
import android.net.wifi.WifiInfo;
import android.net.wifi.WifiManager;
import android.telephony.TelephonyManager;

import cn.jiguang.api.JCoreInterface;
import cn.jpush.android.data.Registration;
import cn.jpush.android.service.PushService;

/**
 * A shell of our own in the package of a known SDK, so that detection and
 * attribution can be tested without anybody else's code.
 */
public final class JPushInterface {
    private static volatile Registration registration;

    private JPushInterface() {
    }

    public static void init(Context context) {
        JCoreInterface.start(context);
        registration = new Registration(subscriber(context), hardwareAddress(context));
        context.startService(new Intent(context, PushService.class));
    }

    public static String getRegistrationID() {
        Registration current = registration;
        return current == null ? "" : current.id();
    }

    public static void setAlias(String alias, TagAliasCallback callback) {
        callback.gotResult(registration == null ? 1 : 0, alias);
    }

    /** Planted: IMSI, which the policies list. */
    private static String subscriber(Context context) {
        try {
            TelephonyManager phone =
                    (TelephonyManager) context.getSystemService(Context.TELEPHONY_SERVICE);
            return String.valueOf(phone.getSubscriberId());
        } catch (SecurityException refused) {
            return "";
        }
    }

    /** Planted: MAC address, which the main policy omits. */
    private static String hardwareAddress(Context context) {
        WifiManager wifi = (WifiManager) context.getSystemService(Context.WIFI_SERVICE);
        WifiInfo info = wifi.getConnectionInfo();
        return info == null ? "" : String.valueOf(info.getMacAddress());
    }
}
