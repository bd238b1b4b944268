package com.brightmetrics.sdk.internal.codec;

/** Writes a string as a JSON literal. */
final class Escaper {
    private static final String HEX = "0123456789abcdef";

    private Escaper() {
    }

    static void append(StringBuilder out, String text) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else if (c < ' ') {
                out.append("\\u00").append(HEX.charAt(c >> 4)).append(HEX.charAt(c & 15));
            } else {
                out.append(c);
            }
        }
        out.append('"');
    }
}
