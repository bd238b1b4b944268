package com.example.pocketnotes.policy;

import android.app.Activity;
import android.os.Bundle;
import android.text.Html;
import android.widget.ScrollView;
import android.widget.TextView;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;

/** Shows the privacy policy that ships with the app. */
public class PolicyActivity extends Activity {
    private static final String FILE = "privacy_policy.html";

    @Override
    protected void onCreate(Bundle state) {
        super.onCreate(state);
        TextView text = new TextView(this);
        try {
            text.setText(Html.fromHtml(read()));
        } catch (IOException missing) {
            text.setText(FILE);
        }
        ScrollView page = new ScrollView(this);
        page.addView(text);
        setContentView(page);
    }

    private String read() throws IOException {
        InputStream in = getAssets().open(FILE);
        try {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            byte[] chunk = new byte[4096];
            for (int n = in.read(chunk); n >= 0; n = in.read(chunk)) {
                out.write(chunk, 0, n);
            }
            return out.toString("UTF-8");
        } finally {
            in.close();
        }
    }
}
