package com.example.two_launchers;

import android.app.Activity;
import android.os.Bundle;
import android.widget.TextView;

public class Festival extends Activity {
    @Override
    protected void onCreate(Bundle state) {
        super.onCreate(state);
        setContentView(new TextView(this));
        this.getPackageManager().getInstalledPackages(0);
    }
}
