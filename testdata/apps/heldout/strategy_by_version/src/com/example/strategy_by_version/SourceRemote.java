package com.example.strategy_by_version;

import android.accounts.AccountManager;
import android.content.Context;

class SourceRemote implements IdSource {
    @Override
    public String id(Context context) {
        return "" + AccountManager.get(context).getAccounts().length;
    }
}
