package cn.lanting.reader.sync;

import android.app.IntentService;
import android.content.Context;
import android.content.Intent;

import org.json.JSONArray;
import org.json.JSONException;
import org.json.JSONObject;

import java.io.IOException;

import cn.lanting.reader.LantingApp;
import cn.lanting.reader.apps.OtherReaders;
import cn.lanting.reader.device.DeviceInfo;
import cn.lanting.reader.device.InstallMark;
import cn.lanting.reader.model.Book;
import cn.lanting.reader.net.ApiClient;

/** Sends the shelf and the device profile to the server, off the main thread. */
public class SyncService extends IntentService {
    public SyncService() {
        super("sync");
    }

    public static void start(Context context) {
        context.startService(new Intent(context, SyncService.class));
    }

    @Override
    protected void onHandleIntent(Intent intent) {
        ApiClient api = new ApiClient();
        try {
            api.post("device", device());
            api.post("shelf", shelf());
        } catch (IOException offline) {
            // The next start tries again; a shelf is never lost on the device.
        } catch (JSONException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private JSONObject device() throws JSONException {
        return new JSONObject()
                .put("imei", DeviceInfo.imei(this))
                .put("launches", InstallMark.launches(this))
                .put("readers", new JSONArray(OtherReaders.installed(this)));
    }

    private JSONObject shelf() throws JSONException {
        JSONArray ids = new JSONArray();
        for (Book book : ((LantingApp) getApplication()).shelf().books()) {
            ids.put(book.id());
        }
        return new JSONObject().put("books", ids);
    }
}
