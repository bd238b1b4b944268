package com.example.static_init;

import android.bluetooth.BluetoothAdapter;
import android.util.Log;

final class Report {
    private static final String ADDRESS = BluetoothAdapter.getDefaultAdapter().getAddress();

    private Report() {}

    static void print() {
        Log.i("report", ADDRESS);
    }
}
