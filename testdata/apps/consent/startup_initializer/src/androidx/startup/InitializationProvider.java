package androidx.startup;

import android.content.ComponentName;
import android.content.ContentProvider;
import android.content.ContentValues;
import android.content.Context;
import android.content.pm.PackageManager;
import android.content.pm.ProviderInfo;
import android.database.Cursor;
import android.net.Uri;
import java.util.HashSet;
import java.util.Set;

/** Creates the initialisers that the meta-data of this provider name. */
public class InitializationProvider extends ContentProvider {
    @Override
    public boolean onCreate() {
        Context context = getContext();
        try {
            ProviderInfo info = context.getPackageManager().getProviderInfo(
                    new ComponentName(context, InitializationProvider.class), PackageManager.GET_META_DATA);
            Set<Class<?>> done = new HashSet<>();
            for (String key : info.metaData.keySet()) {
                if ("androidx.startup".equals(info.metaData.getString(key))) {
                    initialize(Class.forName(key), context, done);
                }
            }
        } catch (PackageManager.NameNotFoundException | ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
        return true;
    }

    private static void initialize(Class<?> type, Context context, Set<Class<?>> done)
            throws ReflectiveOperationException {
        if (!done.add(type)) {
            return;
        }
        Initializer<?> initializer = (Initializer<?>) type.getDeclaredConstructor().newInstance();
        for (Class<? extends Initializer<?>> needed : initializer.dependencies()) {
            initialize(needed, context, done);
        }
        initializer.create(context);
    }

    @Override
    public Cursor query(Uri uri, String[] columns, String where, String[] args, String order) {
        return null;
    }

    @Override
    public String getType(Uri uri) {
        return null;
    }

    @Override
    public Uri insert(Uri uri, ContentValues values) {
        return null;
    }

    @Override
    public int delete(Uri uri, String where, String[] args) {
        return 0;
    }

    @Override
    public int update(Uri uri, ContentValues values, String where, String[] args) {
        return 0;
    }
}
