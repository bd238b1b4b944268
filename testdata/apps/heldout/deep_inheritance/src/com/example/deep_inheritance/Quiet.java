package com.example.deep_inheritance;

public abstract class Quiet extends Tracked {
    @Override
    protected void report(String page) {
        onPage(page);
    }

    protected void onPage(String page) {}
}
