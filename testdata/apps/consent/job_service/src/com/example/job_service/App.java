package com.example.job_service;

import android.app.Application;
import android.app.job.JobInfo;
import android.app.job.JobScheduler;
import android.content.ComponentName;

public class App extends Application {
    @Override
    public void onCreate() {
        super.onCreate();
        JobInfo job = new JobInfo.Builder(1, new ComponentName(this, StatsJob.class)).setOverrideDeadline(1000).build();
        getSystemService(JobScheduler.class).schedule(job);
    }
}
