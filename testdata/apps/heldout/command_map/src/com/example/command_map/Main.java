package com.example.command_map;

import android.app.Activity;
import android.os.Bundle;
import android.view.View;
import android.widget.Button;

public class Main extends Activity implements View.OnClickListener {
    @Override
    protected void onCreate(Bundle state) {
        super.onCreate(state);
        Button share = new Button(this);
        share.setOnClickListener(this);
        setContentView(share);
    }

    @Override
    public void onClick(View view) {
        Commands.run("share", this);
    }
}
