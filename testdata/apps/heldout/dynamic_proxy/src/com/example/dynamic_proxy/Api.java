package com.example.dynamic_proxy;

interface Api {
    String device();

    String apps();
}
