package com.example.location_helper;

import android.app.Activity;
import android.os.Bundle;
import android.widget.TextView;

public class Main extends Activity {
    private LocationHelper helper;

    @Override
    protected void onCreate(Bundle state) {
        super.onCreate(state);
        helper = new LocationHelper(this);
        setContentView(new TextView(this));
    }

    @Override
    protected void onStart() {
        super.onStart();
        helper.ensure();
    }

    @Override
    public void onRequestPermissionsResult(int code, String[] names, int[] results) {
        helper.onResult(code, results);
    }
}
