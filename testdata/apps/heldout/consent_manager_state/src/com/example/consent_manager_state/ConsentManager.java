package com.example.consent_manager_state;

import android.content.Context;
import android.content.SharedPreferences;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

public final class ConsentManager {
    static final int STATE_UNKNOWN = 0;
    static final int STATE_REFUSED = 1;
    static final int STATE_GRANTED = 2;
    private static ConsentManager instance;
    private final SharedPreferences store;
    private final List<Listener> listeners = new CopyOnWriteArrayList<>();
    private int state;

    interface Listener {
        void onConsentChanged(int state);
    }

    private ConsentManager(Context context) {
        store = context.getSharedPreferences("consent", Context.MODE_PRIVATE);
        state = store.getInt("consent_state", STATE_UNKNOWN);
    }

    static synchronized ConsentManager getInstance(Context context) {
        if (instance == null) {
            instance = new ConsentManager(context.getApplicationContext());
        }
        return instance;
    }

    boolean hasUserConsented() {
        return state == STATE_GRANTED;
    }

    boolean isConsentPending() {
        return state == STATE_UNKNOWN;
    }

    void addListener(Listener listener) {
        listeners.add(listener);
    }

    void update(int changed) {
        state = changed;
        store.edit().putInt("consent_state", changed).apply();
        for (Listener listener : listeners) {
            listener.onConsentChanged(changed);
        }
    }
}
