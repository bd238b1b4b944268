package com.example.gate_static_key;

final class Keys {
    static final String ACCEPTED;

    static {
        ACCEPTED = "protocol_accepted";
    }

    private Keys() {}
}
