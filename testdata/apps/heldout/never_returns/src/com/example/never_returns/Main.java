package com.example.never_returns;

import android.app.Activity;
import android.os.Bundle;
import android.view.View;
import android.widget.Button;

public class Main extends Activity implements View.OnClickListener {
    @Override
    protected void onCreate(Bundle state) {
        super.onCreate(state);
        Button quit = new Button(this);
        quit.setOnClickListener(this);
        setContentView(quit);
    }

    @Override
    public void onClick(View view) {
        finish();
        System.exit(0);
        this.getPackageManager().getInstalledPackages(0);
    }
}
