package com.example.splash_gate;

import android.app.Activity;
import android.content.Intent;
import android.os.Bundle;
import android.telephony.TelephonyManager;
import android.view.View;
import android.widget.Button;

public class Agreement extends Activity {
    @Override
    protected void onCreate(Bundle state) {
        super.onCreate(state);
        this.getSystemService(TelephonyManager.class).getNetworkOperatorName();
        Button agree = new Button(this);
        agree.setOnClickListener(new View.OnClickListener() {
            @Override
            public void onClick(View view) {
                getSharedPreferences("app", MODE_PRIVATE).edit().putBoolean("agreed_policy", true).apply();
                startActivity(new Intent(Agreement.this, Home.class));
            }
        });
        setContentView(agree);
    }
}
