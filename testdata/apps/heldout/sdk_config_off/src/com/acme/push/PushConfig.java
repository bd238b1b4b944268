package com.acme.push;

public class PushConfig {
    private boolean collectAndroidId = true;
    private boolean collectCarrier = true;

    public void setCollectAndroidId(boolean collect) {
        collectAndroidId = collect;
    }

    public void setCollectCarrier(boolean collect) {
        collectCarrier = collect;
    }

    public boolean isCollectAndroidId() {
        return collectAndroidId;
    }

    public boolean isCollectCarrier() {
        return collectCarrier;
    }
}
