package cn.lanting.reader.consent;

import android.content.Context;
import android.content.SharedPreferences;

/** Remembers whether the privacy policy was agreed to. */
public final class ConsentStore {
    private static final String AGREED = "privacy_agreed";

    private final SharedPreferences prefs;

    public ConsentStore(Context context) {
        prefs = context.getSharedPreferences("consent", Context.MODE_PRIVATE);
    }

    public boolean given() {
        return prefs.getBoolean(AGREED, false);
    }

    public void give() {
        prefs.edit().putBoolean(AGREED, true).apply();
    }
}
