package cn.jiguang.api;

import android.content.Context;

import cn.jiguang.internal.CoreState;

/** Shell of our own: the part that several products of the vendor share. */
public final class JCoreInterface {
    private static final CoreState STATE = new CoreState();

    private JCoreInterface() {
    }

    public static void start(Context context) {
        STATE.begin(context.getApplicationContext());
    }

    public static boolean started() {
        return STATE.begun();
    }
}
