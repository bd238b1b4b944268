package com.example.lazy_supplier;

import android.app.Activity;
import android.os.Bundle;
import android.view.View;
import android.widget.Button;

public class Main extends Activity implements View.OnClickListener {
    private Ids ids;

    @Override
    protected void onCreate(Bundle state) {
        super.onCreate(state);
        ids = new Ids(this);
        Button show = new Button(this);
        show.setText(ids.carrier.get());
        show.setOnClickListener(this);
        setContentView(show);
    }

    @Override
    public void onClick(View view) {
        ((Button) view).setText(ids.androidId.get());
    }
}
