package com.example.inner_class;

import android.app.Application;
import android.content.ClipboardManager;
import android.hardware.SensorManager;

public class App extends Application {
    interface Step {
        void go();
    }

    private final class Loader {
        void load() {
            App.this.getSystemService(ClipboardManager.class).getPrimaryClip();
        }
    }

    @Override
    public void onCreate() {
        super.onCreate();
        new Loader().load();
        Step step = new Step() {
            @Override
            public void go() {
                App.this.getSystemService(SensorManager.class).getSensorList(-1);
            }
        };
        step.go();
    }
}
