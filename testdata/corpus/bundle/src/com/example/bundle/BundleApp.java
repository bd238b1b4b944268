package com.example.bundle;

import android.app.Application;

import cn.jiguang.analytics.android.api.JAnalyticsInterface;
import cn.jpush.android.api.JPushInterface;
import com.tencent.bugly.crashreport.CrashReport;
import com.tencent.mmkv.MMKV;
import com.umeng.commonsdk.UMConfigure;

/** Starts some SDKs as soon as the process is there, before the user was asked. */
public class BundleApp extends Application {
    @Override
    public void onCreate() {
        super.onCreate();
        MMKV.initialize(this);
        UMConfigure.init(this, "0123456789abcdef01234567", "developer-default", UMConfigure.DEVICE_TYPE_PHONE, null);
        CrashReport.initCrashReport(this, "0123456789", false);
        JPushInterface.init(this);
        JAnalyticsInterface.init(this);
    }
}
