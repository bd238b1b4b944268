package com.example.initialiser_list;

import android.app.Application;

public interface Initialiser {
    void init(Application app);

    int priority();
}
