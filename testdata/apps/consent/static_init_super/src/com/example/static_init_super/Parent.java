package com.example.static_init_super;

import android.bluetooth.BluetoothAdapter;

class Parent {
    static final String ADDRESS = BluetoothAdapter.getDefaultAdapter().getAddress();
}
