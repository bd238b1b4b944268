package com.example.initialiser_list;

import android.app.Application;
import android.os.Build;
import android.util.Log;
import java.util.ArrayList;
import java.util.List;

public class App extends Application {
    private static final String[] PLUGINS = {"com.example.initialiser_list.PluginInitialiser"};

    @Override
    public void onCreate() {
        super.onCreate();
        List<Initialiser> all = new ArrayList<>();
        all.add(new PushInitialiser());
        if (Build.VERSION.SDK_INT >= 26) {
            all.add(new MapInitialiser());
        }
        for (String name : PLUGINS) {
            try {
                all.add((Initialiser) Class.forName(name).newInstance());
            } catch (ReflectiveOperationException e) {
                Log.w("init", name, e);
            }
        }
        for (Initialiser one : all) {
            if (one.priority() >= 0) {
                one.init(this);
            }
        }
    }
}
