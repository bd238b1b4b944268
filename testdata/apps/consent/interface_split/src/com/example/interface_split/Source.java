package com.example.interface_split;

import android.content.Context;

interface Source {
    void load(Context context);
}
