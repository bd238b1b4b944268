package com.example.interface_two;

import android.content.Context;
import android.provider.ContactsContract;

final class CuriousSource implements Source {
    @Override
    public void load(Context context) {
        context.getContentResolver().query(ContactsContract.Contacts.CONTENT_URI, null, null, null, null);
    }
}
