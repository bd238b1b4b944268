package com.example.created_early_run_late;

import android.app.Activity;
import android.os.Bundle;
import android.view.View;
import android.widget.Button;

public class Main extends Activity {
    private final Task first = new First();
    private final Task second = new Second();

    @Override
    protected void onCreate(Bundle state) {
        super.onCreate(state);
        first.go(this);
        Button button = new Button(this);
        button.setOnClickListener(new View.OnClickListener() {
            @Override
            public void onClick(View view) {
                second.go(Main.this);
            }
        });
        setContentView(button);
    }
}
