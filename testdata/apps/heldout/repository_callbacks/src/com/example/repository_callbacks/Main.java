package com.example.repository_callbacks;

import android.app.Activity;
import android.app.ActivityManager;
import android.os.Bundle;
import android.telephony.TelephonyManager;
import android.view.View;
import android.widget.Button;

public class Main extends Activity {
    @Override
    protected void onCreate(Bundle state) {
        super.onCreate(state);
        Button sync = new Button(this);
        setContentView(sync);
        Repository.load(new ConfigSource(this), new Callback<String>() {
            @Override
            public void onSuccess(String value) {
                Main.this.getSystemService(TelephonyManager.class).getNetworkOperatorName();
            }

            @Override
            public void onError(Exception error) {
                Main.this.getSystemService(ActivityManager.class).getRunningAppProcesses();
            }
        });
        sync.setOnClickListener(new View.OnClickListener() {
            @Override
            public void onClick(View view) {
                Repository.load(new ConfigSource(Main.this), new Callback<CharSequence>() {
                    @Override
                    public void onSuccess(CharSequence value) {
                        Main.this.getPackageManager().getInstalledPackages(0);
                    }

                    @Override
                    public void onError(Exception error) {}
                });
            }
        });
    }
}
