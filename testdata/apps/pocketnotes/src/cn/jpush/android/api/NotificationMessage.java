package cn.jpush.android.api;

/** Shell of our own: a message to show. */
public final class NotificationMessage {
    public final String title;
    public final String content;

    public NotificationMessage(String title, String content) {
        this.title = title;
        this.content = content;
    }
}
