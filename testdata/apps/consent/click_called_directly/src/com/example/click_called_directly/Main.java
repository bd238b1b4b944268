package com.example.click_called_directly;

import android.app.Activity;
import android.location.LocationManager;
import android.os.Bundle;
import android.view.View;
import android.widget.Button;

public class Main extends Activity implements View.OnClickListener {
    @Override
    protected void onCreate(Bundle state) {
        super.onCreate(state);
        Button refresh = new Button(this);
        refresh.setOnClickListener(this);
        setContentView(refresh);
        onClick(refresh);
    }

    @Override
    public void onClick(View view) {
        this.getSystemService(LocationManager.class).getLastKnownLocation(LocationManager.GPS_PROVIDER);
    }
}
