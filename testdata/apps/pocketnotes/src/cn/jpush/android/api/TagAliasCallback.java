package cn.jpush.android.api;

/** Shell of our own: hears whether an alias was set. */
public interface TagAliasCallback {
    void gotResult(int code, String alias);
}
