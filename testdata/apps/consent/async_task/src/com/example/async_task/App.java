package com.example.async_task;

import android.app.Application;
import android.os.AsyncTask;
import android.provider.Settings;

public class App extends Application {
    @Override
    public void onCreate() {
        super.onCreate();
        new Load().execute("all");
    }

    private final class Load extends AsyncTask<String, Void, Integer> {
        @Override
        protected Integer doInBackground(String... names) {
            return App.this.getPackageManager().getInstalledPackages(0).size();
        }

        @Override
        protected void onPostExecute(Integer count) {
            Settings.Secure.getString(App.this.getContentResolver(), Settings.Secure.ANDROID_ID);
        }
    }
}
