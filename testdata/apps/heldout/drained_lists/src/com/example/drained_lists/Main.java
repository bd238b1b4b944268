package com.example.drained_lists;

import android.app.Activity;
import android.os.Bundle;
import android.view.View;
import android.widget.Button;

public class Main extends Activity {
    @Override
    protected void onCreate(Bundle state) {
        super.onCreate(state);
        Button enter = new Button(this);
        enter.setOnClickListener(new View.OnClickListener() {
            @Override
            public void onClick(View view) {
                Tasks.ON_ENTER.drain();
            }
        });
        setContentView(enter);
    }

    @Override
    protected void onPostResume() {
        super.onPostResume();
        Tasks.AT_START.drain();
    }
}
