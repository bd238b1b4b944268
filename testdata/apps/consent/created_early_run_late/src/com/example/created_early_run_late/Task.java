package com.example.created_early_run_late;

import android.content.Context;

interface Task {
    void go(Context context);
}
