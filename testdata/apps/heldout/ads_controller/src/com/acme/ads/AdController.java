package com.acme.ads;

public abstract class AdController {
    public boolean isCanUsePhoneState() {
        return true;
    }

    public boolean alist() {
        return true;
    }

    public boolean isCanUseLocation() {
        return true;
    }
}
