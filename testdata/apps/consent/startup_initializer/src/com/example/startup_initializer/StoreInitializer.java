package com.example.startup_initializer;

import android.app.ActivityManager;
import android.content.Context;
import androidx.startup.Initializer;
import java.util.Collections;
import java.util.List;

public class StoreInitializer implements Initializer<Object> {
    @Override
    public Object create(Context context) {
        return context.getSystemService(ActivityManager.class).getRunningAppProcesses();
    }

    @Override
    public List<Class<? extends Initializer<?>>> dependencies() {
        return Collections.emptyList();
    }
}
