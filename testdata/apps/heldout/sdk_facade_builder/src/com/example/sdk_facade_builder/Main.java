package com.example.sdk_facade_builder;

import android.app.Activity;
import android.os.Bundle;
import android.view.View;
import android.widget.Button;
import com.acme.track.Tracker;

public class Main extends Activity implements View.OnClickListener {
    @Override
    protected void onCreate(Bundle state) {
        super.onCreate(state);
        Button login = new Button(this);
        login.setOnClickListener(this);
        setContentView(login);
    }

    @Override
    public void onClick(View view) {
        Tracker.identify("u1");
    }
}
