package com.acme.track;

import android.content.Context;

public final class Tracker {
    private static volatile Core core;

    private Tracker() {}

    public static Builder with(Context context) {
        return new Builder(context.getApplicationContext());
    }

    public static void identify(String user) {
        Core started = core;
        if (started != null) {
            started.identify(user);
        }
    }

    public static String diagnose() {
        return core == null ? "" : core.diagnose();
    }

    public static final class Builder {
        private final Context context;
        private final Options options = new Options();

        Builder(Context context) {
            this.context = context;
        }

        public Builder appKey(String key) {
            options.key = key;
            return this;
        }

        public Builder channel(String channel) {
            options.channel = channel;
            return this;
        }

        public Builder logLevel(int level) {
            options.level = level;
            return this;
        }

        public void start() {
            if (core == null) {
                core = new Core(context, options);
                core.start();
            }
        }
    }
}
