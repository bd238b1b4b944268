package com.example.job_service;

import android.app.job.JobParameters;
import android.app.job.JobService;
import android.provider.ContactsContract;

public class BackupJob extends JobService {
    @Override
    public boolean onStartJob(JobParameters params) {
        this.getContentResolver().query(ContactsContract.Contacts.CONTENT_URI, null, null, null, null);
        return false;
    }

    @Override
    public boolean onStopJob(JobParameters params) {
        return false;
    }
}
