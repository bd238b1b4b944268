package com.example.async_chain;

import android.app.Activity;
import android.os.Bundle;
import android.view.View;
import android.widget.Button;

public class Main extends Activity implements View.OnClickListener {
    Second second;

    @Override
    protected void onCreate(Bundle state) {
        super.onCreate(state);
        Button stop = new Button(this);
        stop.setOnClickListener(this);
        setContentView(stop);
        new First(this).execute("https://example.com/a");
    }

    @Override
    public void onClick(View view) {
        if (second != null) {
            second.cancel(true);
        }
    }
}
