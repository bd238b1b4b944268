package com.example.deep_inheritance;

import android.content.Intent;
import android.provider.Settings;
import android.view.View;
import android.widget.Button;

public class Main extends Quiet {
    @Override
    protected View view() {
        Button more = new Button(this);
        more.setOnClickListener(new View.OnClickListener() {
            @Override
            public void onClick(View view) {
                startActivity(new Intent(Main.this, Detail.class));
            }
        });
        return more;
    }

    @Override
    protected void onPage(String page) {
        Settings.Secure.getString(this.getContentResolver(), Settings.Secure.ANDROID_ID);
    }
}
