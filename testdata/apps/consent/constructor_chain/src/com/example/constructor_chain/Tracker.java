package com.example.constructor_chain;

import android.content.Context;

final class Tracker extends Base {
    Tracker(Context context) {
        super(context);
    }
}
