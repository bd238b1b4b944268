package com.example.repository_callbacks;

public interface Callback<T> {
    void onSuccess(T value);

    void onError(Exception error);
}
