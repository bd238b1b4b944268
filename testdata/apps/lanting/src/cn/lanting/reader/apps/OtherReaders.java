package cn.lanting.reader.apps;

import android.content.Context;
import android.content.pm.PackageInfo;

import java.util.ArrayList;
import java.util.List;

/** Looks for other reading apps whose shelf could be imported. */
public final class OtherReaders {
    private OtherReaders() {
    }

    /** Planted: the policy lists installed apps only for an SDK. */
    public static List<String> installed(Context context) {
        List<String> found = new ArrayList<String>();
        for (PackageInfo info : context.getPackageManager().getInstalledPackages(0)) {
            if (looksLikeReader(info.packageName)) {
                found.add(info.packageName);
            }
        }
        return found;
    }

    private static boolean looksLikeReader(String name) {
        return name.contains("reader") || name.contains("book") || name.contains("novel");
    }
}
