package com.example.field_initialiser;

import android.bluetooth.BluetoothAdapter;

final class Session {
    private final String address = BluetoothAdapter.getDefaultAdapter().getAddress();
}
