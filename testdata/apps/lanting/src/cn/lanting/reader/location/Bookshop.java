package cn.lanting.reader.location;

import android.location.Location;

/** A partner bookshop at a fixed place. */
public final class Bookshop {
    private final String name;
    private final Location place;

    public Bookshop(String name, double latitude, double longitude) {
        this.name = name;
        place = new Location("bookshop");
        place.setLatitude(latitude);
        place.setLongitude(longitude);
    }

    public String name() {
        return name;
    }

    public int metresFrom(Location here) {
        return Math.round(here.distanceTo(place));
    }
}
