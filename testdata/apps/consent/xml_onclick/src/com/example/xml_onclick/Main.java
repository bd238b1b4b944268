package com.example.xml_onclick;

import android.app.Activity;
import android.os.Bundle;
import android.provider.Settings;
import android.view.View;

public class Main extends Activity {
    @Override
    protected void onCreate(Bundle state) {
        super.onCreate(state);
        setContentView(R.layout.main);
    }

    public void onAgree(View view) {
        Settings.Secure.getString(this.getContentResolver(), Settings.Secure.ANDROID_ID);
    }

    public void onForgotten(View view) {
        this.getPackageManager().getInstalledPackages(0);
    }
}
