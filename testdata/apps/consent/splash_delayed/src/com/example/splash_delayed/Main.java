package com.example.splash_delayed;

import android.app.Activity;
import android.content.Intent;
import android.os.Bundle;
import android.os.Handler;
import android.os.Looper;

public class Main extends Activity {
    @Override
    protected void onCreate(Bundle state) {
        super.onCreate(state);
        new Handler(Looper.getMainLooper()).postDelayed(new Runnable() {
            @Override
            public void run() {
                startActivity(new Intent("com.example.splash_delayed.AD").setPackage(getPackageName()));
                Intent home = new Intent();
                home.setClassName(Main.this, "com.example.splash_delayed.Home");
                startActivity(home);
                finish();
            }
        }, 1000);
    }
}
