package org.example.tidepool;

import android.app.Activity;
import android.content.Context;
import android.location.Location;
import android.location.LocationManager;
import android.os.Bundle;
import android.view.View;

/** The one screen: a click on its button asks where the device is. */
public class MainActivity extends Activity {
    private Location place;

    @Override
    protected void onCreate(Bundle state) {
        super.onCreate(state);
        setContentView(R.layout.main);
    }

    /** Called by the layout. */
    public void locate(View button) {
        LocationManager manager = (LocationManager) getSystemService(Context.LOCATION_SERVICE);
        place = manager.getLastKnownLocation(LocationManager.GPS_PROVIDER);
    }
}
