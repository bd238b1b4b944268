package cn.lanting.reader;

import android.app.Application;

import cn.lanting.reader.device.InstallMark;
import cn.lanting.reader.model.Shelf;

/** Starts the shelf and marks the launch. */
public class LantingApp extends Application {
    private Shelf shelf;

    @Override
    public void onCreate() {
        super.onCreate();
        shelf = new Shelf(this);
        // Planted: this runs before anybody was asked, and reads the Android ID.
        InstallMark.launch(this);
    }

    public Shelf shelf() {
        return shelf;
    }
}
