package cn.lanting.reader;

import android.app.Activity;
import android.content.Context;
import android.content.Intent;
import android.os.Bundle;
import android.view.View;
import android.widget.TextView;

import cn.lanting.reader.model.Book;

/** Shows one book, chapter by chapter. */
public class BookActivity extends Activity implements View.OnClickListener {
    private static final String EXTRA_ID = "book";
    private static final String EXTRA_TITLE = "title";

    private int chapter = 1;

    public static void open(Context context, Book book) {
        Intent intent = new Intent(context, BookActivity.class);
        intent.putExtra(EXTRA_ID, book.id());
        intent.putExtra(EXTRA_TITLE, book.title());
        context.startActivity(intent);
    }

    @Override
    protected void onCreate(Bundle state) {
        super.onCreate(state);
        setContentView(R.layout.activity_book);
        setTitle(getIntent().getStringExtra(EXTRA_TITLE));
        findViewById(R.id.next).setOnClickListener(this);
        showChapter();
    }

    @Override
    public void onClick(View view) {
        chapter++;
        showChapter();
    }

    private void showChapter() {
        ((TextView) findViewById(R.id.chapter)).setText(
                getString(R.string.book_chapter, Integer.valueOf(chapter)));
    }
}
