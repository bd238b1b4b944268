package com.brightmetrics.sdk.internal.wifi;

/** A wireless network and the router that offers it. */
public final class AccessPoint {
    static final AccessPoint NONE = new AccessPoint("", "");

    private final String name;
    private final String router;

    AccessPoint(String name, String router) {
        this.name = name == null ? "" : name;
        this.router = router == null ? "" : router;
    }

    public String name() {
        return name;
    }

    public String router() {
        return router;
    }
}
