package androidx.startup;

import android.content.Context;
import java.util.List;

/** The interface of the same name in AndroidX, as far as these apps need it. */
public interface Initializer<T> {
    T create(Context context);

    List<Class<? extends Initializer<?>>> dependencies();
}
