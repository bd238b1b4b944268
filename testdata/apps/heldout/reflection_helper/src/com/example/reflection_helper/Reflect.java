package com.example.reflection_helper;

import android.content.Context;
import java.lang.reflect.Method;

public final class Reflect {
    private Reflect() {}

    public static Object invokeStatic(String type, String name, Context context) {
        try {
            Method method = Class.forName(type).getDeclaredMethod(name, Context.class);
            method.setAccessible(true);
            return method.invoke(null, context);
        } catch (Exception e) {
            return null;
        }
    }
}
