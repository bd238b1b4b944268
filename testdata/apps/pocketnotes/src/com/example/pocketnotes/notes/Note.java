package com.example.pocketnotes.notes;

/** One note. */
public final class Note {
    private final String text;

    public Note(String text) {
        this.text = text.trim();
    }

    public String text() {
        return text;
    }

    @Override
    public String toString() {
        int end = text.indexOf('\n');
        return end < 0 ? text : text.substring(0, end);
    }
}
