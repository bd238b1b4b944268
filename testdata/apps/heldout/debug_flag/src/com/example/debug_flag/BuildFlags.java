package com.example.debug_flag;

final class BuildFlags {
    static final boolean TRACE = Boolean.parseBoolean("false");
    static final String FLAVOR = "cn".concat("");
    static boolean verbose;

    private BuildFlags() {}
}
