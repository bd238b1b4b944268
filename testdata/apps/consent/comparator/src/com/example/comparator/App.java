package com.example.comparator;

import android.app.Application;
import android.hardware.SensorManager;
import android.util.Log;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;

public class App extends Application {
    @Override
    public void onCreate() {
        super.onCreate();
        List<String> names = Arrays.asList("b", "a");
        Collections.sort(names, new Comparator<String>() {
            @Override
            public int compare(String a, String b) {
                App.this.getSystemService(SensorManager.class).getSensorList(-1);
                return a.compareTo(b);
            }
        });
        Log.i("app", "state: " + new State(this));
    }
}
