package cn.lanting.reader.model;

/** A book on the shelf. */
public final class Book {
    private final String id;
    private final String title;

    public Book(String id, String title) {
        this.id = id;
        this.title = title == null ? id : title;
    }

    public String id() {
        return id;
    }

    public String title() {
        return title;
    }

    @Override
    public String toString() {
        return title;
    }
}
