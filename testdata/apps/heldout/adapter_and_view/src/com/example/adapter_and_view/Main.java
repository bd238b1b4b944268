package com.example.adapter_and_view;

import android.app.Activity;
import android.os.Bundle;
import android.view.View;
import android.widget.AdapterView;
import android.widget.LinearLayout;
import android.widget.ListView;

public class Main extends Activity implements AdapterView.OnItemClickListener {
    @Override
    protected void onCreate(Bundle state) {
        super.onCreate(state);
        ListView list = new ListView(this);
        list.setAdapter(new Rows(this));
        list.setOnItemClickListener(this);
        LinearLayout all = new LinearLayout(this);
        all.addView(new Badge(this), 80, 80);
        all.addView(list);
        setContentView(all);
    }

    @Override
    public void onItemClick(AdapterView<?> list, View row, int position, long id) {
        list.getItemAtPosition(position);
    }
}
