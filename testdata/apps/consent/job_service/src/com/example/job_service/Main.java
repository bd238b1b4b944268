package com.example.job_service;

import android.app.Activity;
import android.app.job.JobInfo;
import android.app.job.JobScheduler;
import android.content.ComponentName;
import android.os.Bundle;
import android.view.View;
import android.widget.Button;

public class Main extends Activity {
    @Override
    protected void onCreate(Bundle state) {
        super.onCreate(state);
        Button button = new Button(this);
        button.setOnClickListener(new View.OnClickListener() {
            @Override
            public void onClick(View view) {
                JobInfo job = new JobInfo.Builder(2, new ComponentName(Main.this, BackupJob.class))
                        .setOverrideDeadline(1000)
                        .build();
                getSystemService(JobScheduler.class).schedule(job);
            }
        });
        setContentView(button);
    }
}
