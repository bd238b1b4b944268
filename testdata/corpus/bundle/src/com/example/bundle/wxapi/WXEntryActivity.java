package com.example.bundle.wxapi;

import android.app.Activity;
import android.os.Bundle;

import com.tencent.mm.sdk.modelbase.BaseReq;
import com.tencent.mm.sdk.modelbase.BaseResp;
import com.tencent.mm.sdk.openapi.IWXAPIEventHandler;
import com.tencent.mm.sdk.openapi.WXAPIFactory;

/** The activity that WeChat calls back; its name is fixed below the app's package. */
public class WXEntryActivity extends Activity implements IWXAPIEventHandler {
    @Override
    protected void onCreate(Bundle saved) {
        super.onCreate(saved);
        WXAPIFactory.createWXAPI(this, "wx0123456789abcdef", true).handleIntent(getIntent(), this);
    }

    @Override
    public void onReq(BaseReq request) {
        finish();
    }

    @Override
    public void onResp(BaseResp response) {
        finish();
    }
}
