package com.example.bound_by_system;

import android.appwidget.AppWidgetManager;
import android.appwidget.AppWidgetProvider;
import android.content.Context;
import android.telephony.TelephonyManager;

public class Widget extends AppWidgetProvider {
    @Override
    public void onUpdate(Context context, AppWidgetManager manager, int[] ids) {
        context.getSystemService(TelephonyManager.class).getNetworkOperatorName();
    }
}
