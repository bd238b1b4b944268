package com.example.strategy_by_version;

import android.content.Context;
import android.os.Build;

final class Sources {
    static IdSource choose(Context context) {
        if (context.getSharedPreferences("app", Context.MODE_PRIVATE).getBoolean("server_switch", false)) {
            return new SourceRemote();
        }
        return Build.VERSION.SDK_INT >= 29 ? new SourceQ() : new SourceOreo();
    }
}
