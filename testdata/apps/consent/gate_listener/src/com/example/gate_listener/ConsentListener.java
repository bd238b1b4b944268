package com.example.gate_listener;

interface ConsentListener {
    void onShown();

    void onAgreed();
}
