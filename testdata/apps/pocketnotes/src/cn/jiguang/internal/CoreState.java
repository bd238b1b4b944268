package cn.jiguang.internal;

import android.content.Context;

/** Shell of our own: remembers the application. */
public final class CoreState {
    private volatile Context application;

    public void begin(Context context) {
        application = context;
    }

    public boolean begun() {
        return application != null;
    }
}
