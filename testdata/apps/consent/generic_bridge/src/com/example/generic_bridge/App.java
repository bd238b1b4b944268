package com.example.generic_bridge;

import android.app.Application;
import android.util.Log;

public class App extends Application {
    @Override
    public void onCreate() {
        super.onCreate();
        Log.i("app", fetch(new IdLoader(), this));
    }

    private static <I, O> O fetch(Loader<I, O> loader, I input) {
        return loader.load(input);
    }
}
