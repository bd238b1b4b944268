package com.example.initialiser_list;

public abstract class BaseInitialiser implements Initialiser {
    @Override
    public int priority() {
        return 0;
    }
}
