package com.example.work_service_compat;

import android.content.Intent;
import android.provider.Settings;

public class UploadService extends WorkService {
    @Override
    protected void onHandleWork(Intent intent) {
        Settings.Secure.getString(this.getContentResolver(), Settings.Secure.ANDROID_ID);
    }
}
