package com.example.interceptor_chain;

import android.app.Application;
import java.util.Arrays;

public class App extends Application {
    @Override
    public void onCreate() {
        super.onCreate();
        new Chain(this, Arrays.asList(new LogInterceptor(), new ConsentInterceptor(), new InitInterceptor()), 0)
                .proceed();
    }
}
