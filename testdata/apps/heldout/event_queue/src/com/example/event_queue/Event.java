package com.example.event_queue;

import android.content.Context;

abstract class Event {
    abstract String encode(Context context);
}
