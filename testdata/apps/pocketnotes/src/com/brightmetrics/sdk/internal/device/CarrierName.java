package com.brightmetrics.sdk.internal.device;

import android.content.Context;
import android.telephony.TelephonyManager;

/** Name of the mobile network. Planted: the policy lists it only for the push SDK. */
public final class CarrierName {
    private final String value;

    private CarrierName(String value) {
        this.value = value;
    }

    public static CarrierName of(Context context) {
        TelephonyManager phone =
                (TelephonyManager) context.getSystemService(Context.TELEPHONY_SERVICE);
        return new CarrierName(phone == null ? "" : phone.getNetworkOperatorName());
    }

    public String value() {
        return value;
    }
}
