package cn.lanting.reader.model;

import android.content.Context;
import android.content.SharedPreferences;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The books that the reader keeps on this device. */
public final class Shelf {
    private final SharedPreferences prefs;
    private final List<Book> books = new ArrayList<Book>();

    public Shelf(Context context) {
        prefs = context.getSharedPreferences("shelf", Context.MODE_PRIVATE);
        for (Map.Entry<String, ?> row : new TreeMap<String, Object>(prefs.getAll()).entrySet()) {
            books.add(new Book(row.getKey(), String.valueOf(row.getValue())));
        }
    }

    public List<Book> books() {
        return books;
    }

    public void add(Book book) {
        books.add(book);
        prefs.edit().putString(book.id(), book.title()).apply();
    }
}
