package com.example.event_bus;

import android.util.Log;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

final class Bus {
    private static final Map<Class<?>, List<Object>> SUBSCRIBERS = new HashMap<>();

    static synchronized void register(Object subscriber) {
        for (Method method : subscriber.getClass().getMethods()) {
            if (method.getName().startsWith("onEvent") && method.getParameterTypes().length == 1) {
                Class<?> type = method.getParameterTypes()[0];
                if (!SUBSCRIBERS.containsKey(type)) {
                    SUBSCRIBERS.put(type, new ArrayList<>());
                }
                SUBSCRIBERS.get(type).add(subscriber);
            }
        }
    }

    static synchronized void post(Object event) {
        List<Object> subscribers = SUBSCRIBERS.get(event.getClass());
        if (subscribers == null) {
            return;
        }
        for (Object subscriber : subscribers) {
            for (Method method : subscriber.getClass().getMethods()) {
                if (method.getName().startsWith("onEvent")
                        && method.getParameterTypes()[0] == event.getClass()) {
                    try {
                        method.invoke(subscriber, event);
                    } catch (ReflectiveOperationException e) {
                        Log.w("bus", e);
                    }
                }
            }
        }
    }
}
