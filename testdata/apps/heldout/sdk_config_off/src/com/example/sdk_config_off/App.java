package com.example.sdk_config_off;

import android.app.Application;
import com.acme.push.PushAgent;
import com.acme.push.PushConfig;

public class App extends Application {
    @Override
    public void onCreate() {
        super.onCreate();
        PushConfig config = new PushConfig();
        config.setCollectAndroidId(false);
        PushAgent.getInstance().init(this, config);
    }
}
