package com.example.own_streams;

import android.app.Application;
import android.content.Context;
import com.acme.flow.Flow;

public class App extends Application {
    private Flow<Integer> later;

    @Override
    public void onCreate() {
        super.onCreate();
        Flow.just((Context) this).map(new ReadId()).onThread().subscribe(new Show(this));
        later = Flow.just((Context) this).map(new Flow.Map<Context, Integer>() {
            @Override
            public Integer apply(Context context) {
                return context.getPackageManager().getInstalledPackages(0).size();
            }
        });
    }
}
