package com.example.command_map;

import android.content.Context;
import android.telephony.TelephonyManager;

class InitCommand implements Command {
    @Override
    public void run(Context context) {
        context.getSystemService(TelephonyManager.class).getNetworkOperatorName();
    }
}
