package com.example.static_init_super;

import android.util.Log;

final class Child extends Parent {
    void hello() {
        Log.i("child", "hello");
    }
}
