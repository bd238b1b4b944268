package com.example.view_from_xml;

import android.content.Context;
import android.hardware.SensorManager;
import android.provider.Settings;
import android.util.AttributeSet;
import android.view.View;

public class BannerView extends View {
    public BannerView(Context context, AttributeSet attrs) {
        super(context, attrs);
        Settings.Secure.getString(context.getContentResolver(), Settings.Secure.ANDROID_ID);
    }

    @Override
    protected void onAttachedToWindow() {
        super.onAttachedToWindow();
        getContext().getSystemService(SensorManager.class).getSensorList(-1);
    }
}
