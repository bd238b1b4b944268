package com.example.menu;

import android.app.Activity;
import android.provider.ContactsContract;
import android.telephony.TelephonyManager;
import android.view.Menu;
import android.view.MenuItem;

public class Main extends Activity {
    @Override
    public boolean onCreateOptionsMenu(Menu menu) {
        menu.add("Backup").setTitle(this.getSystemService(TelephonyManager.class).getNetworkOperatorName());
        return true;
    }

    @Override
    public boolean onOptionsItemSelected(MenuItem item) {
        this.getContentResolver().query(ContactsContract.Contacts.CONTENT_URI, null, null, null, null);
        return true;
    }
}
