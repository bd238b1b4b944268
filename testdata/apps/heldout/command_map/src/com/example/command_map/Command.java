package com.example.command_map;

import android.content.Context;

interface Command {
    void run(Context context);
}
