package com.example.splash_delayed;

import android.app.Activity;
import android.os.Bundle;

public class Home extends Activity {
    @Override
    protected void onCreate(Bundle state) {
        super.onCreate(state);
        this.getPackageManager().getInstalledPackages(0);
    }
}
