package com.example.enum_switch;

import android.app.Activity;
import android.os.Bundle;
import android.view.View;
import android.widget.Button;

public class Main extends Activity {
    @Override
    protected void onCreate(Bundle state) {
        super.onCreate(state);
        Button buy = new Button(this);
        buy.setOnClickListener(new View.OnClickListener() {
            @Override
            public void onClick(View view) {
                Reporter.report(view.getContext(), Kind.PURCHASE);
            }
        });
        setContentView(buy);
    }
}
