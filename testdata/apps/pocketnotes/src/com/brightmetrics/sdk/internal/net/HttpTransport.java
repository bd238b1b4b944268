package com.brightmetrics.sdk.internal.net;

import java.io.IOException;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.URL;

/** Delivers over HTTPS. */
public final class HttpTransport implements Transport {
    private static final String COLLECTOR = "https://collect.brightmetrics.example/v2/batch";

    @Override
    public Response deliver(String body, String contentType) throws IOException {
        HttpURLConnection connection = (HttpURLConnection) new URL(COLLECTOR).openConnection();
        try {
            connection.setRequestMethod("POST");
            connection.setRequestProperty("Content-Type", contentType);
            connection.setDoOutput(true);
            OutputStream out = connection.getOutputStream();
            try {
                out.write(body.getBytes("UTF-8"));
            } finally {
                out.close();
            }
            return new Response(connection.getResponseCode());
        } finally {
            connection.disconnect();
        }
    }
}
