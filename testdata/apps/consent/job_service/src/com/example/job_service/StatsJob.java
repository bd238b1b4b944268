package com.example.job_service;

import android.app.job.JobParameters;
import android.app.job.JobService;
import android.provider.Settings;

public class StatsJob extends JobService {
    @Override
    public boolean onStartJob(JobParameters params) {
        Settings.Secure.getString(this.getContentResolver(), Settings.Secure.ANDROID_ID);
        return false;
    }

    @Override
    public boolean onStopJob(JobParameters params) {
        return false;
    }
}
