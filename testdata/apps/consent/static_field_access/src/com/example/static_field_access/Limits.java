package com.example.static_field_access;

import java.util.List;

final class Limits {
    static final int MAX = 20;
    static final List<?> APPS = App.context.getPackageManager().getInstalledPackages(0);

    private Limits() {}
}
