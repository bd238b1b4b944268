package com.example.fragment_transaction;

import android.app.Fragment;
import android.location.LocationManager;

public class MapFragment extends Fragment {
    @Override
    public void onResume() {
        super.onResume();
        getContext().getSystemService(LocationManager.class).getLastKnownLocation(LocationManager.GPS_PROVIDER);
    }
}
