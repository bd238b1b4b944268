package com.example.timer_weak_reference;

import java.lang.ref.WeakReference;
import java.util.TimerTask;

class Refresh extends TimerTask {
    private final WeakReference<Main> screen;

    Refresh(Main screen) {
        this.screen = new WeakReference<>(screen);
    }

    @Override
    public void run() {
        Main main = screen.get();
        if (main == null) {
            cancel();
            return;
        }
        main.refresh();
    }
}
