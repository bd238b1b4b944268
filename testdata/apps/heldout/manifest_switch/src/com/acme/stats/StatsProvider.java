package com.acme.stats;

import android.content.ContentProvider;
import android.content.ContentValues;
import android.content.Context;
import android.content.pm.ApplicationInfo;
import android.content.pm.PackageManager;
import android.database.Cursor;
import android.net.Uri;

public class StatsProvider extends ContentProvider {
    @Override
    public boolean onCreate() {
        if (enabled(getContext(), "stats_auto_init_enabled")) {
            Stats.start(getContext());
        }
        return true;
    }

    static boolean enabled(Context context, String key) {
        try {
            ApplicationInfo info = context.getPackageManager()
                    .getApplicationInfo(context.getPackageName(), PackageManager.GET_META_DATA);
            return info.metaData == null || info.metaData.getBoolean(key, true);
        } catch (PackageManager.NameNotFoundException e) {
            return false;
        }
    }

    @Override
    public Cursor query(Uri uri, String[] columns, String where, String[] args, String order) {
        return null;
    }

    @Override
    public String getType(Uri uri) {
        return null;
    }

    @Override
    public Uri insert(Uri uri, ContentValues values) {
        return null;
    }

    @Override
    public int delete(Uri uri, String where, String[] args) {
        return 0;
    }

    @Override
    public int update(Uri uri, ContentValues values, String where, String[] args) {
        return 0;
    }
}
