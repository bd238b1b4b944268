package com.example.bundle;

import android.app.Activity;
import android.os.Bundle;
import android.provider.Settings;
import android.view.View;
import android.widget.Button;

import com.amap.api.location.AMapLocationClient;
import com.appsflyer.AppsFlyerLib;
import com.baidu.location.LocationClient;
import com.fm.openinstall.OpenInstall;
import com.iflytek.cloud.SpeechUtility;
import com.igexin.sdk.PushManager;
import com.tencent.mm.sdk.openapi.WXAPIFactory;
import com.tencent.stat.StatService;

/** Starts the other SDKs, and reads an identifier itself, when the user has pressed a button. */
public class MainActivity extends Activity implements View.OnClickListener {
    @Override
    protected void onCreate(Bundle saved) {
        super.onCreate(saved);
        Button start = new Button(this);
        start.setText(R.string.start);
        start.setOnClickListener(this);
        setContentView(start);
    }

    @Override
    public void onClick(View view) {
        String id = Settings.Secure.getString(getContentResolver(), Settings.Secure.ANDROID_ID);
        PushManager.getInstance().initialize(getApplicationContext());
        OpenInstall.init(this);
        SpeechUtility.createUtility(this, "appid=01234567");
        StatService.trackCustomEvent(this, "start", id);
        AppsFlyerLib.getInstance().init("AbCdEfGhIjKlMnOpQrSt", null, this);
        AppsFlyerLib.getInstance().start(this);
        new AMapLocationClient(getApplicationContext()).startLocation();
        new LocationClient(getApplicationContext()).start();
        WXAPIFactory.createWXAPI(this, "wx0123456789abcdef", true).registerApp("wx0123456789abcdef");
    }
}
