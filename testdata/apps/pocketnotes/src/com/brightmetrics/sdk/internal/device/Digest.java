package com.brightmetrics.sdk.internal.device;

import java.io.UnsupportedEncodingException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** SHA-256 in hexadecimal digits. */
final class Digest {
    private static final char[] DIGITS = "0123456789abcdef".toCharArray();

    private Digest() {
    }

    static String hex(String text) {
        try {
            byte[] sum = MessageDigest.getInstance("SHA-256").digest(text.getBytes("UTF-8"));
            StringBuilder out = new StringBuilder();
            for (byte b : sum) {
                out.append(DIGITS[(b >> 4) & 15]).append(DIGITS[b & 15]);
            }
            return out.toString();
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        } catch (UnsupportedEncodingException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
