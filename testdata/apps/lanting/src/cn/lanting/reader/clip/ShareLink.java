package cn.lanting.reader.clip;

import android.content.ClipData;
import android.content.ClipboardManager;
import android.content.Context;
import android.net.Uri;

import cn.lanting.reader.model.Book;

/** Turns a copied link (lanting://book/ID?title=...) into a book. Planted: the policy denies it. */
public final class ShareLink {
    private static final String SCHEME = "lanting";

    private final ClipboardManager clipboard;

    public ShareLink(Context context) {
        clipboard = (ClipboardManager) context.getSystemService(Context.CLIPBOARD_SERVICE);
    }

    /** The copied book, null when something else or nothing was copied. */
    public Book copiedBook() {
        ClipData clip = clipboard.getPrimaryClip();
        if (clip == null || clip.getItemCount() == 0) {
            return null;
        }
        Uri link = clip.getItemAt(0).getUri();
        if (link == null || !SCHEME.equals(link.getScheme())) {
            return null;
        }
        return new Book(link.getLastPathSegment(), link.getQueryParameter("title"));
    }
}
