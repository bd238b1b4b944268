package com.example.pocketnotes;

import android.app.Application;

import cn.jpush.android.api.JPushInterface;

import com.brightmetrics.sdk.BrightMetrics;
import com.brightmetrics.sdk.Config;
import com.example.pocketnotes.notes.NoteStore;

/** Starts the note store and, before anybody was asked, both SDKs. */
public class NotesApp extends Application {
    private NoteStore notes;

    @Override
    public void onCreate() {
        super.onCreate();
        notes = new NoteStore(this);
        JPushInterface.init(this);
        BrightMetrics.start(this, new Config("pocketnotes").flushEvery(20));
    }

    public NoteStore notes() {
        return notes;
    }
}
