package com.example.dynamic_proxy;

import android.app.Application;
import android.util.Log;
import java.lang.reflect.Proxy;

public class App extends Application {
    static Api api;

    @Override
    public void onCreate() {
        super.onCreate();
        api = (Api) Proxy.newProxyInstance(getClassLoader(), new Class<?>[] {Api.class},
                new Logging(this, new RealApi(this)));
        Log.d("api", api.device());
    }
}
