package com.example.adapter_and_view;

import android.app.ActivityManager;
import android.content.Context;
import android.graphics.Canvas;
import android.hardware.Sensor;
import android.hardware.SensorManager;
import android.telephony.TelephonyManager;
import android.view.MotionEvent;
import android.view.View;

class Badge extends View {
    Badge(Context context) {
        super(context);
    }

    @Override
    protected void onAttachedToWindow() {
        super.onAttachedToWindow();
        getContext().getSystemService(SensorManager.class).getSensorList(Sensor.TYPE_ALL);
    }

    @Override
    protected void onDraw(Canvas canvas) {
        getContext().getSystemService(TelephonyManager.class).getNetworkOperatorName();
    }

    @Override
    public boolean onTouchEvent(MotionEvent event) {
        getContext().getSystemService(ActivityManager.class).getRunningAppProcesses();
        return true;
    }
}
