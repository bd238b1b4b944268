package com.example.splash_gate;

import android.app.Activity;
import android.content.Intent;
import android.os.Bundle;

public class Main extends Activity {
    @Override
    protected void onCreate(Bundle state) {
        super.onCreate(state);
        if (getSharedPreferences("app", MODE_PRIVATE).getBoolean("agreed_policy", false)) {
            startActivity(new Intent(this, Home.class));
        } else {
            startActivity(new Intent(this, Agreement.class));
        }
        finish();
    }
}
