package com.example.base_activity_template;

import android.content.Intent;
import android.provider.Settings;
import android.view.View;
import android.widget.Button;

public class Main extends BaseActivity {
    @Override
    void init() {
        Settings.Secure.getString(this.getContentResolver(), Settings.Secure.ANDROID_ID);
        Button button = new Button(this);
        button.setOnClickListener(new View.OnClickListener() {
            @Override
            public void onClick(View view) {
                startActivity(new Intent(Main.this, Details.class));
            }
        });
        setContentView(button);
    }
}
