package cn.lanting.reader.consent;

import android.app.AlertDialog;
import android.content.Context;
import android.content.DialogInterface;

import cn.lanting.reader.R;

/** Asks for agreement to the privacy policy; nothing is preselected. */
public final class ConsentDialog implements DialogInterface.OnClickListener {

    /** Hears the answer. */
    public interface Listener {
        void onConsent();

        void onDecline();
    }

    private final Context context;
    private final Listener listener;

    public ConsentDialog(Context context, Listener listener) {
        this.context = context;
        this.listener = listener;
    }

    public void show() {
        new AlertDialog.Builder(context)
                .setTitle(R.string.consent_title)
                .setMessage(R.string.consent_text)
                .setCancelable(false)
                .setPositiveButton(R.string.consent_agree, this)
                .setNegativeButton(R.string.consent_decline, this)
                .show();
    }

    @Override
    public void onClick(DialogInterface dialog, int which) {
        if (which == DialogInterface.BUTTON_POSITIVE) {
            listener.onConsent();
        } else {
            listener.onDecline();
        }
    }
}
