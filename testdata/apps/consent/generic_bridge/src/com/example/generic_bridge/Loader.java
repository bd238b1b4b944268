package com.example.generic_bridge;

interface Loader<I, O> {
    O load(I input);
}
