package com.example.pocketnotes.people;

import android.Manifest;
import android.app.ListActivity;
import android.content.Context;
import android.content.Intent;
import android.content.pm.PackageManager;
import android.os.Bundle;
import android.view.View;
import android.widget.ArrayAdapter;
import android.widget.ListView;

import com.example.pocketnotes.R;
import com.example.pocketnotes.notes.Note;

/** Picks a contact and hands the note to a messaging app. */
public class ShareActivity extends ListActivity {
    private static final String EXTRA_TEXT = "text";
    private static final int ASK_CONTACTS = 1;

    public static void open(Context context, Note note) {
        context.startActivity(
                new Intent(context, ShareActivity.class).putExtra(EXTRA_TEXT, note.text()));
    }

    @Override
    protected void onCreate(Bundle state) {
        super.onCreate(state);
        if (checkSelfPermission(Manifest.permission.READ_CONTACTS)
                == PackageManager.PERMISSION_GRANTED) {
            showPeople();
        } else {
            requestPermissions(new String[] {Manifest.permission.READ_CONTACTS}, ASK_CONTACTS);
        }
    }

    @Override
    public void onRequestPermissionsResult(int code, String[] names, int[] results) {
        if (results.length > 0 && results[0] == PackageManager.PERMISSION_GRANTED) {
            showPeople();
        } else {
            finish();
        }
    }

    @Override
    protected void onListItemClick(ListView list, View row, int position, long id) {
        Person person = (Person) list.getItemAtPosition(position);
        String text = getString(
                R.string.share_text, person.name(), getIntent().getStringExtra(EXTRA_TEXT));
        startActivity(Intent.createChooser(
                new Intent(Intent.ACTION_SEND).setType("text/plain").putExtra(Intent.EXTRA_TEXT, text),
                getString(R.string.share)));
    }

    private void showPeople() {
        setListAdapter(new ArrayAdapter<Person>(
                this, android.R.layout.simple_list_item_1,
                new ContactBook(getContentResolver()).people()));
    }
}
