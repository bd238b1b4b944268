package com.example.provider_calls;

import android.database.Cursor;
import android.net.Uri;
import android.telephony.TelephonyManager;

public class OpenProvider extends Base {
    @Override
    public Cursor query(Uri uri, String[] columns, String where, String[] args, String order) {
        getContext().getSystemService(TelephonyManager.class).getNetworkOperatorName();
        return null;
    }
}
