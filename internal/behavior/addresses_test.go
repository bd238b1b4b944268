package behavior_test

import (
	"slices"
	"testing"

	"apkaudit/internal/apktest"
)

// TestAddresses: the address of a provider is a read unless all that a method does with
// it is to hand it to another app or to write there.
func TestAddresses(t *testing.T) {
	const (
		photos  = "Landroid/provider/MediaStore$Images$Media;->EXTERNAL_CONTENT_URI:Landroid/net/Uri;"
		events  = "Landroid/provider/CalendarContract$Events;->CONTENT_URI:Landroid/net/Uri;"
		people  = "Landroid/provider/ContactsContract$Contacts;->CONTENT_URI:Landroid/net/Uri;"
		intent  = "Landroid/content/Intent;-><init>(Ljava/lang/String;Landroid/net/Uri;)V"
		setData = "Landroid/content/Intent;->setData(Landroid/net/Uri;)Landroid/content/Intent;"
		insert  = "Landroid/content/ContentResolver;->insert(Landroid/net/Uri;Landroid/content/ContentValues;)Landroid/net/Uri;"
		query   = "Landroid/content/ContentResolver;->query(Landroid/net/Uri;[Ljava/lang/String;Ljava/lang/String;[Ljava/lang/String;Ljava/lang/String;)Landroid/database/Cursor;"
		watch   = "Landroid/content/ContentResolver;->registerContentObserver(Landroid/net/Uri;ZLandroid/database/ContentObserver;)V"
		withID  = "Landroid/content/ContentUris;->withAppendedId(Landroid/net/Uri;J)Landroid/net/Uri;"
		update  = "Landroid/content/ContentResolver;->update(Landroid/net/Uri;Landroid/content/ContentValues;Ljava/lang/String;[Ljava/lang/String;)I"
	)
	start := func(field string) *apktest.DEXCode {
		return apktest.NewDEXCode(8, 0, 6).Static(opSGetObject, 2, field)
	}
	cases := []struct {
		name string
		code *apktest.DEXCode
		want string
	}{
		{"the user picks a picture", start(photos).Invoke(opInvokeDirect, intent, 0, 1, 2), "pick_media_system"},
		{"the user adds an entry", start(events).Invoke(opInvokeVirtual, setData, 0, 2), "edit_calendar_system"},
		{"the user picks a contact", start(people).Invoke(opInvokeDirect, intent, 0, 1, 2), "pick_contact_system"},
		{"a picture is saved", start(photos).Invoke(opInvokeVirtual, insert, 0, 2, 3), "write_media"},
		{"a picture is saved and shown", start(photos).Invoke(opInvokeVirtual, insert, 0, 2, 3).Invoke(opInvokeDirect, intent, 0, 1, 2), "write_media"},
		{"an entry is changed", start(events).Invoke(opInvokeStatic, withID, 2, 4, 5).Raw(opMoveResult|3<<8).Invoke(opInvokeVirtual, update, 0, 3, 4, 5, 6), "write_calendar"},
		{"pictures are listed", start(photos).Invoke(opInvokeVirtual, query, 0, 2, 3, 4, 5), "read_photos"},
		{"pictures are listed and one is picked", start(photos).Invoke(opInvokeVirtual, watch, 0, 2, 3, 4).Invoke(opInvokeDirect, intent, 0, 1, 2), "read_photos"},
		{"the address leaves the method", start(people).Static(opSPutObject, 2, "Lcom/shop/app/Main;->u:Landroid/net/Uri;"), "read_contacts"},
		{"a constant address", apktest.NewDEXCode(8, 0, 6).ConstString(1, "content://com.android.calendar/events").Invoke(opInvokeStatic, uriParse, 1).Raw(opMoveResult|2<<8).
			Invoke(opInvokeVirtual, setData, 0, 2), "edit_calendar_system"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			res := observe(t, "com.shop.app", nil, caller(apktest.NewDEX("035"), "Lcom/shop/app/Main;", c.code))
			var got []string
			for _, u := range res.Behavior.Uses {
				if u.API != "content_provider_query" {
					got = append(got, u.API)
				}
			}
			if !slices.Equal(got, []string{c.want}) {
				t.Errorf("%v, want %s", got, c.want)
			}
		})
	}
}

// TestBeside: the table of Google's services holds many settings; only the name of the
// row makes its address a read of the id, in whichever method of the class it stands.
func TestBeside(t *testing.T) {
	const main = "Lcom/shop/app/Main;"
	for _, row := range []string{"android_id", "measurement.flags"} {
		d := apktest.NewDEX("035")
		d.Class(main, "").
			Method(accPublicStatic, "a", "()V", code().ConstString(1, "content://com.google.android.gsf.gservices").Invoke(opInvokeStatic, uriParse, 1).ReturnVoid()).
			Method(accPublicStatic, "b", "()V", code().ConstString(1, row).ReturnVoid())
		d.Class("Lcom/shop/app/Other;", "").Method(accPublicStatic, "a", "()V", code().ConstString(1, "android_id").ReturnVoid())
		res := observe(t, "com.shop.app", nil, d)
		if got := len(res.Behavior.Uses) == 1 && res.Behavior.Uses[0].API == "read_gsf_id"; got != (row == "android_id") {
			t.Errorf("%s: %v", row, shown(res.Behavior.Uses))
		}
	}
}
