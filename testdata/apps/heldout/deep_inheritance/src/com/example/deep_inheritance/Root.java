package com.example.deep_inheritance;

import android.app.Activity;
import android.os.Bundle;
import android.telephony.TelephonyManager;
import android.view.View;

public abstract class Root extends Activity {
    @Override
    protected void onCreate(Bundle state) {
        super.onCreate(state);
        prepare();
        setContentView(view());
    }

    protected void prepare() {
        this.getSystemService(TelephonyManager.class).getNetworkOperatorName();
    }

    protected abstract View view();
}
