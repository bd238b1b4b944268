package com.example.second_activity_click;

import android.app.Activity;
import android.os.Bundle;
import android.provider.ContactsContract;

public class Details extends Activity {
    @Override
    protected void onCreate(Bundle state) {
        super.onCreate(state);
        this.getContentResolver().query(ContactsContract.Contacts.CONTENT_URI, null, null, null, null);
    }
}
