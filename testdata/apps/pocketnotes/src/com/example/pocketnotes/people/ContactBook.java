package com.example.pocketnotes.people;

import android.content.ContentResolver;
import android.database.Cursor;
import android.provider.ContactsContract;

import java.util.ArrayList;
import java.util.List;

/** The address book. Planted: the policy discloses it. */
public final class ContactBook {
    private final ContentResolver resolver;

    public ContactBook(ContentResolver resolver) {
        this.resolver = resolver;
    }

    public List<Person> people() {
        List<Person> people = new ArrayList<Person>();
        Cursor rows = resolver.query(
                ContactsContract.CommonDataKinds.Phone.CONTENT_URI,
                new String[] {
                        ContactsContract.CommonDataKinds.Phone.DISPLAY_NAME,
                        ContactsContract.CommonDataKinds.Phone.NUMBER},
                null, null, ContactsContract.CommonDataKinds.Phone.DISPLAY_NAME);
        if (rows == null) {
            return people;
        }
        try {
            while (rows.moveToNext()) {
                people.add(new Person(rows.getString(0), rows.getString(1)));
            }
        } finally {
            rows.close();
        }
        return people;
    }
}
