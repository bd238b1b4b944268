package com.example.webview_bridge;

import android.app.Activity;
import android.os.Bundle;
import android.view.View;
import android.webkit.WebView;
import android.widget.Button;
import android.widget.LinearLayout;

public class Main extends Activity implements View.OnClickListener {
    private WebView web;

    @Override
    protected void onCreate(Bundle state) {
        super.onCreate(state);
        web = new WebView(this);
        web.getSettings().setJavaScriptEnabled(true);
        web.addJavascriptInterface(new Bridge(this), "app");
        web.loadUrl("https://example.com/index.html");
        Button login = new Button(this);
        login.setOnClickListener(this);
        LinearLayout all = new LinearLayout(this);
        all.addView(login);
        all.addView(web);
        setContentView(all);
    }

    @Override
    public void onClick(View view) {
        web.addJavascriptInterface(new LoginBridge(this), "login");
        web.loadUrl("https://example.com/login.html");
    }
}
