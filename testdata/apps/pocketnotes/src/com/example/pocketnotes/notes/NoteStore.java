package com.example.pocketnotes.notes;

import android.content.Context;
import android.content.SharedPreferences;

import java.util.ArrayList;
import java.util.List;

/** Keeps the notes in the app's own storage. */
public final class NoteStore {
    private final SharedPreferences prefs;
    private final List<Note> notes = new ArrayList<Note>();

    public NoteStore(Context context) {
        prefs = context.getSharedPreferences("notes", Context.MODE_PRIVATE);
        for (int i = 0; prefs.contains(String.valueOf(i)); i++) {
            notes.add(new Note(prefs.getString(String.valueOf(i), "")));
        }
    }

    public List<Note> all() {
        return notes;
    }

    public void add(Note note) {
        if (note.text().isEmpty()) {
            return;
        }
        prefs.edit().putString(String.valueOf(notes.size()), note.text()).apply();
        notes.add(note);
    }
}
