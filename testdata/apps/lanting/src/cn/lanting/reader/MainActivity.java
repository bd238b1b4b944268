package cn.lanting.reader;

import android.Manifest;
import android.app.Activity;
import android.content.Intent;
import android.content.pm.PackageManager;
import android.os.Bundle;
import android.view.View;
import android.widget.AdapterView;
import android.widget.ArrayAdapter;
import android.widget.ListView;
import android.widget.TextView;
import android.widget.Toast;

import cn.lanting.reader.clip.ShareLink;
import cn.lanting.reader.consent.ConsentDialog;
import cn.lanting.reader.consent.ConsentStore;
import cn.lanting.reader.location.Bookshop;
import cn.lanting.reader.location.LocationHelper;
import cn.lanting.reader.model.Book;
import cn.lanting.reader.model.Shelf;
import cn.lanting.reader.sync.SyncService;

/** The shelf: opens copied links, looks for bookshops nearby. */
public class MainActivity extends Activity
        implements ConsentDialog.Listener, LocationHelper.Listener, View.OnClickListener,
        AdapterView.OnItemClickListener {

    private static final int ASK_LOCATION = 1;
    private static final int ASK_PHONE = 2;

    private ConsentStore consent;
    private Shelf shelf;
    private ArrayAdapter<Book> rows;
    private LocationHelper locator;

    @Override
    protected void onCreate(Bundle state) {
        super.onCreate(state);
        setContentView(R.layout.activity_main);
        shelf = ((LantingApp) getApplication()).shelf();
        consent = new ConsentStore(this);
        rows = new ArrayAdapter<Book>(this, android.R.layout.simple_list_item_1, shelf.books());
        ListView list = (ListView) findViewById(R.id.shelf);
        list.setAdapter(rows);
        list.setEmptyView(findViewById(R.id.empty));
        list.setOnItemClickListener(this);
        findViewById(R.id.open_link).setOnClickListener(this);
        findViewById(R.id.nearby).setOnClickListener(this);
        if (!consent.given()) {
            new ConsentDialog(this, this).show();
        }
    }

    @Override
    public void onConsent() {
        consent.give();
        if (has(Manifest.permission.READ_PHONE_STATE)) {
            SyncService.start(this);
        } else {
            requestPermissions(new String[] {Manifest.permission.READ_PHONE_STATE}, ASK_PHONE);
        }
    }

    @Override
    public void onDecline() {
        finish();
    }

    @Override
    public void onClick(View view) {
        if (!consent.given()) {
            new ConsentDialog(this, this).show();
            return;
        }
        if (view.getId() == R.id.open_link) {
            openCopiedLink();
        } else {
            showNearby();
        }
    }

    @Override
    public void onItemClick(AdapterView<?> parent, View view, int position, long id) {
        BookActivity.open(this, rows.getItem(position));
    }

    @Override
    public void onRequestPermissionsResult(int code, String[] names, int[] results) {
        boolean granted = results.length > 0 && results[0] == PackageManager.PERMISSION_GRANTED;
        if (code == ASK_LOCATION && granted) {
            showNearby();
        } else if (code == ASK_PHONE) {
            SyncService.start(this);
        }
    }

    @Override
    public void onNearest(Bookshop shop, int metres) {
        TextView result = (TextView) findViewById(R.id.nearby_result);
        if (shop == null) {
            result.setText(R.string.nearby_none);
        } else {
            result.setText(getString(R.string.nearby_distance, shop.name(), Integer.valueOf(metres)));
        }
    }

    @Override
    protected void onDestroy() {
        if (locator != null) {
            locator.stop();
        }
        super.onDestroy();
    }

    private void openCopiedLink() {
        Book book = new ShareLink(this).copiedBook();
        if (book == null) {
            Toast.makeText(this, R.string.link_none, Toast.LENGTH_SHORT).show();
            return;
        }
        shelf.add(book);
        rows.notifyDataSetChanged();
        sendBroadcast(new Intent("cn.lanting.reader.action.REFRESH_SHELF").setPackage(getPackageName()));
    }

    private void showNearby() {
        if (!has(Manifest.permission.ACCESS_FINE_LOCATION)) {
            requestPermissions(new String[] {
                    Manifest.permission.ACCESS_FINE_LOCATION,
                    Manifest.permission.ACCESS_COARSE_LOCATION}, ASK_LOCATION);
            return;
        }
        if (locator == null) {
            locator = new LocationHelper(this, this);
        }
        locator.start();
    }

    private boolean has(String permission) {
        return checkSelfPermission(permission) == PackageManager.PERMISSION_GRANTED;
    }
}
