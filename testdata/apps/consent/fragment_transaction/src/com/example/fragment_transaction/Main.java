package com.example.fragment_transaction;

import android.app.Activity;
import android.os.Bundle;

public class Main extends Activity {
    @Override
    protected void onCreate(Bundle state) {
        super.onCreate(state);
        getFragmentManager().beginTransaction().add(android.R.id.content, new HomeFragment()).commit();
    }
}
