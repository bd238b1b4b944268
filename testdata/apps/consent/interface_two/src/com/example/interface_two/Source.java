package com.example.interface_two;

import android.content.Context;

interface Source {
    void load(Context context);
}
