package com.example.created_at_start_used_on_click;

import android.app.Application;

public class App extends Application {
    final Tracker tracker = new Tracker();
}
