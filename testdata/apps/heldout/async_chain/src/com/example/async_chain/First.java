package com.example.async_chain;

import android.hardware.Sensor;
import android.hardware.SensorManager;
import android.os.AsyncTask;
import android.telephony.TelephonyManager;

class First extends AsyncTask<String, Integer, Boolean> {
    private final Main main;

    First(Main main) {
        this.main = main;
    }

    @Override
    protected void onPreExecute() {
        main.getSystemService(TelephonyManager.class).getNetworkOperatorName();
    }

    @Override
    protected Boolean doInBackground(String... urls) {
        for (int i = 0; i < urls.length; i++) {
            publishProgress(i);
        }
        return urls.length > 0;
    }

    @Override
    protected void onProgressUpdate(Integer... values) {
        main.getSystemService(SensorManager.class).getSensorList(Sensor.TYPE_ALL);
    }

    @Override
    protected void onPostExecute(Boolean done) {
        main.second = new Second(main);
        main.second.execute(done);
    }
}
