package com.example.callback_field;

import android.app.Activity;
import android.location.LocationManager;
import android.os.Bundle;
import android.provider.Settings;
import android.view.View;
import android.widget.Button;

public class Main extends Activity {
    @Override
    protected void onCreate(Bundle state) {
        super.onCreate(state);
        final Loader loader = new Loader();
        loader.setOnLoaded(new Loader.Done() {
            @Override
            public void onDone() {
                Settings.Secure.getString(Main.this.getContentResolver(), Settings.Secure.ANDROID_ID);
            }
        });
        loader.setOnReload(new Loader.Done() {
            @Override
            public void onDone() {
                Main.this.getSystemService(LocationManager.class).getLastKnownLocation(LocationManager.GPS_PROVIDER);
            }
        });
        loader.load();
        Button button = new Button(this);
        button.setOnClickListener(new View.OnClickListener() {
            @Override
            public void onClick(View view) {
                loader.reload();
            }
        });
        setContentView(button);
    }
}
