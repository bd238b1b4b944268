package com.example.startup_initializer;

import android.content.Context;
import androidx.startup.Initializer;
import java.util.Collections;
import java.util.List;

public class UnlistedInitializer implements Initializer<Object> {
    @Override
    public Object create(Context context) {
        return context.getPackageManager().getInstalledPackages(0);
    }

    @Override
    public List<Class<? extends Initializer<?>>> dependencies() {
        return Collections.emptyList();
    }
}
