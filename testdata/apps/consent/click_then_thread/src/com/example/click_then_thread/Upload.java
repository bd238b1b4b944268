package com.example.click_then_thread;

import android.content.Context;
import android.provider.ContactsContract;

final class Upload implements Runnable {
    private final Context context;

    Upload(Context context) {
        this.context = context;
    }

    @Override
    public void run() {
        context.getContentResolver().query(ContactsContract.Contacts.CONTENT_URI, null, null, null, null);
    }
}
