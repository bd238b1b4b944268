package com.example.work_service_compat;

import android.content.Intent;

public class ReportService extends WorkService {
    @Override
    protected void onHandleWork(Intent intent) {
        this.getPackageManager().getInstalledPackages(0);
    }
}
