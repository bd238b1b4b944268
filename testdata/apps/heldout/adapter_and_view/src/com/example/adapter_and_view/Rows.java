package com.example.adapter_and_view;

import android.accounts.AccountManager;
import android.content.Context;
import android.provider.Settings;
import android.telephony.TelephonyManager;
import android.view.View;
import android.view.ViewGroup;
import android.widget.BaseAdapter;
import android.widget.Filter;
import android.widget.Filterable;
import android.widget.TextView;

class Rows extends BaseAdapter implements Filterable {
    private final Context context;

    Rows(Context context) {
        this.context = context;
    }

    @Override
    public int getCount() {
        return 3;
    }

    @Override
    public Object getItem(int position) {
        context.getSystemService(TelephonyManager.class).getDeviceId();
        return position;
    }

    @Override
    public long getItemId(int position) {
        return position;
    }

    @Override
    public View getView(int position, View old, ViewGroup parent) {
        TextView row = new TextView(context);
        row.setText(Settings.Secure.getString(context.getContentResolver(), Settings.Secure.ANDROID_ID));
        return row;
    }

    @Override
    public Filter getFilter() {
        return new Filter() {
            @Override
            protected FilterResults performFiltering(CharSequence text) {
                return new FilterResults();
            }

            @Override
            protected void publishResults(CharSequence text, FilterResults results) {
                AccountManager.get(context).getAccounts();
            }
        };
    }
}
