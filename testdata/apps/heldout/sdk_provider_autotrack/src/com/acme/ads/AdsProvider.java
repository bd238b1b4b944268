package com.acme.ads;

import android.content.Context;
import com.acme.base.InitProvider;

public class AdsProvider extends InitProvider {
    @Override
    protected void onInit(Context context) {
        context.getPackageManager().getInstalledPackages(0);
    }
}
