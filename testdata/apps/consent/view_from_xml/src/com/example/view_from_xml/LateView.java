package com.example.view_from_xml;

import android.content.Context;
import android.util.AttributeSet;
import android.view.View;

public class LateView extends View {
    public LateView(Context context, AttributeSet attrs) {
        super(context, attrs);
        context.getPackageManager().getInstalledPackages(0);
    }
}
