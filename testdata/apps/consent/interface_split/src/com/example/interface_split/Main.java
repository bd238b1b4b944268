package com.example.interface_split;

import android.app.Activity;
import android.os.Bundle;
import android.view.View;
import android.widget.Button;

public class Main extends Activity {
    @Override
    protected void onCreate(Bundle state) {
        super.onCreate(state);
        run(new QuietSource());
        Button button = new Button(this);
        button.setOnClickListener(new View.OnClickListener() {
            @Override
            public void onClick(View view) {
                run(new CuriousSource());
            }
        });
        setContentView(button);
    }

    void run(Source source) {
        source.load(this);
    }
}
