package com.example.reflection_constant;

import android.app.Application;
import android.content.Context;
import android.util.Log;

public class App extends Application {
    @Override
    public void onCreate() {
        super.onCreate();
        try {
            Class<?> type = Class.forName("com.example.reflection_constant.Collector");
            type.getMethod("collect", Context.class).invoke(null, this);
        } catch (ReflectiveOperationException e) {
            Log.w("app", e);
        }
    }
}
