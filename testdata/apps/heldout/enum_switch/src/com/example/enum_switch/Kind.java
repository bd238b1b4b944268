package com.example.enum_switch;

enum Kind {
    LAUNCH,
    PURCHASE,
    ERROR
}
