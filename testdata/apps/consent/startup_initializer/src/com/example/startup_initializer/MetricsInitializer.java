package com.example.startup_initializer;

import android.content.Context;
import android.provider.Settings;
import androidx.startup.Initializer;
import java.util.Collections;
import java.util.List;

public class MetricsInitializer implements Initializer<String> {
    @Override
    public String create(Context context) {
        return Settings.Secure.getString(context.getContentResolver(), Settings.Secure.ANDROID_ID);
    }

    @Override
    public List<Class<? extends Initializer<?>>> dependencies() {
        return Collections.singletonList(StoreInitializer.class);
    }
}
