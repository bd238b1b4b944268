package com.example.strategy_by_version;

import android.content.Context;

interface IdSource {
    String id(Context context);
}
