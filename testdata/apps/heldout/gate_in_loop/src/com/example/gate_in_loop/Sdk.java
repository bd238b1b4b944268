package com.example.gate_in_loop;

import android.content.Context;

abstract class Sdk {
    abstract void init(Context context);
}
