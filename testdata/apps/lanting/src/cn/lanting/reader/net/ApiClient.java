package cn.lanting.reader.net;

import org.json.JSONObject;

import java.io.IOException;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.URL;

/** Posts JSON to the Lanting server. */
public final class ApiClient {
    private static final String BASE = "https://api.lanting.example/v1/";
    private static final int TIMEOUT_MS = 10000;

    /** Returns the HTTP status; an unreachable server is an IOException. */
    public int post(String path, JSONObject body) throws IOException {
        HttpURLConnection connection = (HttpURLConnection) new URL(BASE + path).openConnection();
        try {
            connection.setConnectTimeout(TIMEOUT_MS);
            connection.setReadTimeout(TIMEOUT_MS);
            connection.setRequestMethod("POST");
            connection.setRequestProperty("Content-Type", "application/json; charset=utf-8");
            connection.setDoOutput(true);
            OutputStream out = connection.getOutputStream();
            try {
                out.write(body.toString().getBytes("UTF-8"));
            } finally {
                out.close();
            }
            return connection.getResponseCode();
        } finally {
            connection.disconnect();
        }
    }
}
