package com.example.callback_field;

final class Loader {
    interface Done {
        void onDone();
    }

    private Done onLoaded;
    private Done onReload;

    void setOnLoaded(Done done) {
        onLoaded = done;
    }

    void setOnReload(Done done) {
        onReload = done;
    }

    void load() {
        if (onLoaded != null) {
            onLoaded.onDone();
        }
    }

    void reload() {
        if (onReload != null) {
            onReload.onDone();
        }
    }
}
