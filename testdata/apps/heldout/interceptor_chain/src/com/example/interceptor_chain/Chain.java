package com.example.interceptor_chain;

import android.content.Context;
import java.util.List;

final class Chain {
    final Context context;
    private final List<Interceptor> all;
    private final int index;

    Chain(Context context, List<Interceptor> all, int index) {
        this.context = context;
        this.all = all;
        this.index = index;
    }

    void proceed() {
        if (index < all.size()) {
            all.get(index).intercept(new Chain(context, all, index + 1));
        }
    }
}
