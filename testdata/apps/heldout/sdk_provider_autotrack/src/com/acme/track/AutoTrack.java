package com.acme.track;

import android.app.Activity;
import android.provider.Settings;

class AutoTrack extends EmptyCallbacks {
    private int shown;

    @Override
    public void onActivityResumed(Activity activity) {
        if (shown++ == 0) {
            Settings.Secure.getString(activity.getContentResolver(), Settings.Secure.ANDROID_ID);
        }
    }
}
