package com.example.pocketnotes;

import android.Manifest;
import android.app.Activity;
import android.content.Intent;
import android.os.Bundle;
import android.view.View;
import android.widget.AdapterView;
import android.widget.ArrayAdapter;
import android.widget.EditText;
import android.widget.ListView;

import com.brightmetrics.sdk.BrightMetrics;
import com.example.pocketnotes.notes.Note;
import com.example.pocketnotes.notes.NoteStore;
import com.example.pocketnotes.people.ShareActivity;
import com.example.pocketnotes.photo.PhotoNoteActivity;
import com.example.pocketnotes.policy.PolicyActivity;

/** The list of notes; a tap shares one. */
public class MainActivity extends Activity
        implements View.OnClickListener, AdapterView.OnItemClickListener {
    private static final int ASK_NOTIFY = 1;

    private NoteStore notes;
    private ArrayAdapter<Note> rows;

    @Override
    protected void onCreate(Bundle state) {
        super.onCreate(state);
        setContentView(R.layout.activity_main);
        notes = ((NotesApp) getApplication()).notes();
        rows = new ArrayAdapter<Note>(this, android.R.layout.simple_list_item_1, notes.all());
        ListView list = (ListView) findViewById(R.id.notes);
        list.setAdapter(rows);
        list.setOnItemClickListener(this);
        findViewById(R.id.add).setOnClickListener(this);
        findViewById(R.id.photo).setOnClickListener(this);
        findViewById(R.id.policy).setOnClickListener(this);
        requestPermissions(new String[] {
                "android.permission.POST_NOTIFICATIONS",
                Manifest.permission.READ_PHONE_STATE}, ASK_NOTIFY);
    }

    @Override
    public void onClick(View view) {
        if (view.getId() == R.id.add) {
            EditText field = (EditText) findViewById(R.id.note);
            notes.add(new Note(field.getText().toString()));
            field.setText("");
            rows.notifyDataSetChanged();
            BrightMetrics.event("note_added");
        } else if (view.getId() == R.id.photo) {
            startActivity(new Intent(this, PhotoNoteActivity.class));
        } else {
            startActivity(new Intent(this, PolicyActivity.class));
        }
    }

    @Override
    public void onItemClick(AdapterView<?> parent, View view, int position, long id) {
        ShareActivity.open(this, rows.getItem(position));
    }
}
