package com.example.gate_static_field;

import android.app.Activity;
import android.os.Bundle;
import android.view.View;
import android.widget.Button;

public class Main extends Activity {
    @Override
    protected void onCreate(Bundle state) {
        super.onCreate(state);
        Button agree = new Button(this);
        agree.setOnClickListener(new View.OnClickListener() {
            @Override
            public void onClick(View view) {
                PrivacyState.agreed = true;
            }
        });
        setContentView(agree);
    }
}
