package com.example.work_service_compat;

import android.app.Service;
import android.content.Context;
import android.content.Intent;
import android.os.AsyncTask;
import android.os.IBinder;
import java.util.ArrayList;
import java.util.List;

public abstract class WorkService extends Service {
    private final List<Intent> pending = new ArrayList<>();
    private Worker worker;

    static void enqueue(Context context, Class<? extends WorkService> type) {
        context.startService(new Intent(context, type));
    }

    protected abstract void onHandleWork(Intent intent);

    @Override
    public int onStartCommand(Intent intent, int flags, int id) {
        synchronized (pending) {
            pending.add(intent);
            if (worker == null) {
                worker = new Worker();
                worker.executeOnExecutor(AsyncTask.THREAD_POOL_EXECUTOR);
            }
        }
        return START_NOT_STICKY;
    }

    @Override
    public IBinder onBind(Intent intent) {
        return null;
    }

    private Intent next() {
        synchronized (pending) {
            return pending.isEmpty() ? null : pending.remove(0);
        }
    }

    private final class Worker extends AsyncTask<Void, Void, Void> {
        @Override
        protected Void doInBackground(Void... none) {
            for (Intent intent = next(); intent != null; intent = next()) {
                onHandleWork(intent);
            }
            return null;
        }
    }
}
