package com.example.interceptor_chain;

interface Interceptor {
    void intercept(Chain chain);
}
