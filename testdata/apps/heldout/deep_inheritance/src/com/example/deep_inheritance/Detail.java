package com.example.deep_inheritance;

import android.view.View;
import android.widget.TextView;

public class Detail extends Tracked {
    @Override
    protected View view() {
        return new TextView(this);
    }
}
