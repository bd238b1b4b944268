package com.example.static_init;

import android.bluetooth.BluetoothAdapter;

final class Hardware {
    private static final String ADDRESS = BluetoothAdapter.getDefaultAdapter().getAddress();

    private Hardware() {}

    static void warmUp() {}
}
