package com.example.fragment_layout;

import android.app.Fragment;
import android.content.ClipboardManager;
import android.os.Bundle;
import android.view.LayoutInflater;
import android.view.View;
import android.view.ViewGroup;
import android.widget.TextView;

public class HomeFragment extends Fragment {
    @Override
    public void onCreate(Bundle state) {
        super.onCreate(state);
        getContext().getSystemService(ClipboardManager.class).getPrimaryClip();
    }

    @Override
    public View onCreateView(LayoutInflater inflater, ViewGroup parent, Bundle state) {
        return new TextView(getContext());
    }
}
