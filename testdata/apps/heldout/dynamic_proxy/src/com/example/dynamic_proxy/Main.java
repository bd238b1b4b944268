package com.example.dynamic_proxy;

import android.app.Activity;
import android.os.Bundle;
import android.view.View;
import android.widget.Button;

public class Main extends Activity implements View.OnClickListener {
    @Override
    protected void onCreate(Bundle state) {
        super.onCreate(state);
        Button list = new Button(this);
        list.setOnClickListener(this);
        setContentView(list);
    }

    @Override
    public void onClick(View view) {
        ((Button) view).setText(App.api.apps());
    }
}
