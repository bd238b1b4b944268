package framework

import (
	"slices"
	"strings"
	"testing"

	"apkaudit/signatures"
)

// TestBuiltIn proves that the committed texts parse; Parse rules out lines out of
// order and superclasses that are missing.
func TestBuiltIn(t *testing.T) {
	table := Load()
	t.Logf("%d classes, %d hand-offs, %d user actions", len(table.classes), len(table.handed), len(table.users))
	for _, class := range table.Classes() {
		ends := false
		for a := range table.Ancestors(class) {
			ends = ends || a == object || table.IsInterface(a)
		}
		if !ends {
			t.Errorf("%s: the climb does not end at java.lang.Object", class)
		}
	}
}

func TestHierarchy(t *testing.T) {
	table := Load()
	want := []string{
		"Landroid/app/Activity;", "Landroid/view/ContextThemeWrapper;", "Landroid/content/ContextWrapper;", "Landroid/content/Context;", object,
	}
	var have []string
	for a := range table.Ancestors(want[0]) {
		if !table.IsInterface(a) {
			have = append(have, a)
		}
	}
	if !slices.Equal(have, want) {
		t.Errorf("above Activity are %v, want %v", have, want)
	}
	for _, c := range []struct{ class, super string }{
		{"Landroid/app/Application;", "Landroid/content/ContextWrapper;"},
		{"Landroid/widget/Button;", "Landroid/widget/TextView;"},
		{"Landroid/os/HandlerThread;", "Ljava/lang/Thread;"},
		{"Ljava/lang/Runnable;", object},
		{"Ljava/util/concurrent/FutureTask;", object},
		{"Ljava/lang/RuntimeException;", "Ljava/lang/Exception;"},
		{object, ""},
		{"Lcom/example/Main;", ""},
	} {
		if got := table.Super(c.class); got != c.super {
			t.Errorf("Super(%s) = %q, want %q", c.class, got, c.super)
		}
	}
	if got := table.Interfaces("Ljava/util/concurrent/FutureTask;"); !slices.Equal(got, []string{"Ljava/util/concurrent/RunnableFuture;"}) {
		t.Errorf("FutureTask implements %v", got)
	}
	if got := slices.Collect(table.Ancestors("Lcom/example/Main;")); got != nil || table.Known("Lcom/example/Main;") {
		t.Errorf("a class of an app is known: %v", got)
	}
}

func TestCallbacks(t *testing.T) {
	table := Load()
	for _, c := range []struct {
		class, name, params string
		itself              bool
		from                string // where it is listed, "" where it is no call-back
	}{
		{"Ljava/lang/Runnable;", "run", "()", true, "Ljava/lang/Runnable;"},
		{"Ljava/lang/Thread;", "run", "()V", false, "Ljava/lang/Runnable;"},
		{"Landroid/app/Activity;", "onCreate", "(Landroid/os/Bundle;)V", true, "Landroid/app/Activity;"},
		{"Landroid/app/Activity;", "onCreate", "(I)", false, ""},
		{"Landroid/app/ListActivity;", "onCreate", "(Landroid/os/Bundle;)", false, "Landroid/app/Activity;"},
		{"Landroid/app/Activity;", "onKeyDown", "(ILandroid/view/KeyEvent;)", false, "Landroid/view/KeyEvent$Callback;"},
		{"Landroid/app/Activity;", "getSystemService", "(Ljava/lang/String;)", false, "Landroid/content/Context;"},
		{"Landroid/os/AsyncTask;", "doInBackground", "([Ljava/lang/Object;)", true, "Landroid/os/AsyncTask;"},
		{"Landroid/os/Handler;", "handleMessage", "(Landroid/os/Message;)", true, "Landroid/os/Handler;"},
		{"Landroid/webkit/WebViewClient;", "onPageFinished", "(Landroid/webkit/WebView;Ljava/lang/String;)", true, "Landroid/webkit/WebViewClient;"},
		{"Landroid/content/BroadcastReceiver;", "onReceive", "(Landroid/content/Context;Landroid/content/Intent;)", true, "Landroid/content/BroadcastReceiver;"},
		{"Landroid/view/View;", "onMeasure", "(II)", true, "Landroid/view/View;"},
		{"Landroid/view/View;", "onMeasure", "(II", true, "Landroid/view/View;"},
		{"Landroid/view/View;", "onMeasure", "", false, ""},
		{"Landroid/view/View;", "", "()", false, ""},
		{"Lcom/example/Main;", "onCreate", "(Landroid/os/Bundle;)", false, ""},
		{"Ljava/util/concurrent/Callable;", "call", "()", true, "Ljava/util/concurrent/Callable;"},
		{"Ljava/util/function/Consumer;", "accept", "(Ljava/lang/Object;)", true, "Ljava/util/function/Consumer;"},
		{"Landroid/app/Activity;", "loginNow", "()", false, ""},
	} {
		if got := table.Callback(c.class, c.name, c.params); got != c.itself {
			t.Errorf("Callback(%s, %s, %s) = %v", c.class, c.name, c.params, got)
		}
		if from, ok := table.Overrides(c.class, c.name, c.params); from != c.from || ok != (c.from != "") {
			t.Errorf("Overrides(%s, %s, %s) = %q, want %q", c.class, c.name, c.params, from, c.from)
		}
	}
}

func TestHanded(t *testing.T) {
	table := Load()
	for _, c := range []struct {
		class, name, params string
		arg                 int // -2: nothing is handed off
		when                When
		runs, runParams     string // a method that is run
		not                 string // one of the same parameters that is not
	}{
		{"Landroid/os/Handler;", "postDelayed", "(Ljava/lang/Runnable;J)Z", 0, Later, "run", "()", "stop"},
		{"Landroid/os/Handler;", "removeCallbacks", "(Ljava/lang/Runnable;)V", -2, 0, "", "", ""},
		{"Landroid/os/Handler;", "sendMessage", "(Landroid/os/Message;)Z", -1, Later, "handleMessage", "(Landroid/os/Message;)", "dispatchMessage"},
		{"Ljava/lang/Thread;", "<init>", "(Ljava/lang/ThreadGroup;Ljava/lang/Runnable;Ljava/lang/String;)V", 1, Later, "run", "()", "toString"},
		{"Ljava/lang/Thread;", "start", "()V", -1, Later, "run", "()", "toString"},
		{"Landroid/widget/Button;", "setOnClickListener", "(Landroid/view/View$OnClickListener;)V", 0, OnUser, "onClick", "(Landroid/view/View;)", "equals"},
		{"Ljava/util/concurrent/ThreadPoolExecutor;", "execute", "(Ljava/lang/Runnable;)V", 0, Later, "run", "()", "hashCode"},
		{"Ljava/util/ArrayList;", "forEach", "(Ljava/util/function/Consumer;)V", 0, Now, "accept", "(Ljava/lang/Object;)", "equals"},
		{"Landroid/app/Activity;", "registerReceiver", "(Landroid/content/BroadcastReceiver;Landroid/content/IntentFilter;)Landroid/content/Intent;", 0, OnEvent, "onReceive", "(Landroid/content/Context;Landroid/content/Intent;)", "equals"},
		{"Landroid/app/Activity;", "unregisterReceiver", "(Landroid/content/BroadcastReceiver;)V", -2, 0, "", "", ""},
		{"Landroid/os/AsyncTask;", "execute", "([Ljava/lang/Object;)Landroid/os/AsyncTask;", -1, Later, "doInBackground", "([Ljava/lang/Object;)", "onProgressUpdate"},
		{"Landroid/telephony/TelephonyManager;", "registerTelephonyCallback", "(Ljava/util/concurrent/Executor;Landroid/telephony/TelephonyCallback;)V", 1, OnEvent, "onCellInfoChanged", "(Ljava/util/List;)", "equals"},
		{"Landroid/app/Activity;", "runOnUiThread", "(Ljava/lang/Runn", -2, 0, "", "", ""},
		{"Ljava/util/Timer;", "schedule", "(Ljava/util/TimerTask;J)V", 0, Later, "run", "()", "hashCode"},
	} {
		name := c.class + "->" + c.name + c.params
		got := table.Handed(c.class, c.name, c.params)
		if c.arg == -2 {
			if len(got) > 0 {
				t.Errorf("%s hands off %v", name, got)
			}
			continue
		}
		if len(got) != 1 || got[0].Arg != c.arg || got[0].When != c.when {
			t.Errorf("%s hands off %v, want argument %d %s", name, got, c.arg, c.when)
			continue
		}
		if !table.Run(got[0].HandOff, c.runs, c.runParams) || table.Run(got[0].HandOff, c.not, c.runParams) {
			t.Errorf("%s: %s is not run, or %s is", name, c.runs, c.not)
		}
	}
}

// TestHandOffsRun proves that every call-back which a hand-off names is one that
// the table has.
func TestHandOffsRun(t *testing.T) {
	table := Load()
	for _, h := range table.HandOffs() {
		for _, r := range h.Runs {
			if !listed(table, r.Class, r.Name) {
				t.Errorf("%s->%s runs %s->%s, which is not listed", h.Class, h.Name, r.Class, r.Name)
			}
		}
	}
}

// TestUserActionsListed does the same for user actions of the platform.
func TestUserActionsListed(t *testing.T) {
	table := Load()
	for a := range table.users {
		if strings.HasPrefix(a.class, "Landroid/") && !strings.HasPrefix(a.class, "Landroid/support/") && !listed(table, a.class, a.name) {
			t.Errorf("%s->%s is not listed", a.class, a.name)
		}
	}
}

// listed tells whether a class or one above it has a call-back of the name.
func listed(table *Table, class, name string) bool {
	for a := range table.Ancestors(class) {
		for m := range strings.SplitSeq(table.classes[a].callbacks, " ") {
			if n, _, _ := strings.Cut(m, "("); n == name || name == "*" && n != "" && a != object {
				return true
			}
		}
	}
	return false
}

func TestUserActions(t *testing.T) {
	table := Load()
	for _, c := range []struct {
		class, name   string
		only, usually bool
	}{
		{"Landroid/view/View$OnClickListener;", "onClick", true, false},
		{"Landroid/widget/CompoundButton$OnCheckedChangeListener;", "onCheckedChanged", false, true},
		{"Landroid/widget/AdapterView$OnItemSelectedListener;", "onItemSelected", false, false},
		{"Landroid/view/View$OnClickListener;", "toString", false, false},
		{"Landroidx/appcompat/widget/Toolbar$OnMenuItemClickListener;", "onMenuItemClick", true, false},
	} {
		if table.UserAction(c.class, c.name) != c.only || table.UsualUserAction(c.class, c.name) != c.usually {
			t.Errorf("%s->%s: want only %v, usually %v", c.class, c.name, c.only, c.usually)
		}
	}
}

// TestFaults proves that a fault is told with its file and line.
func TestFaults(t *testing.T) {
	const top = "# comment\n\nLjava/lang/Object; - - toString()\n"
	for _, c := range []struct {
		files Files
		want  string
	}{
		{Files{Classes: "Landroid/a;"}, "classes.txt:1"},
		{Files{Classes: "android/a . -"}, "classes.txt:1"},
		{Files{Classes: top + "Landroid/a; . -"}, "classes.txt:4: Landroid/a; does not stand after"},
		{Files{Classes: top + "Ljava/lang/P; x -"}, "x, which Ljava/lang/P; extends"},
		{Files{Classes: top + "Ljava/lang/P; . x"}, "x, which Ljava/lang/P; extends"},
		{Files{Classes: top + "Ljava/lang/P; . - x"}, "call-back"},
		{Files{Classes: top + "Ljava/lang/P; . - x(Q)"}, "parameter 'Q'"},
		{Files{Classes: top + "Ljava/lang/P; . - x() x()"}, "does not stand after"},
		{Files{Classes: top + "Ljava/lang/P; Ljava/lang/Q; -"}, "missing"},
		{Files{Classes: top + "Ljava/lang/P; . Ljava/lang/Object;"}, "wrong kind"},
		{Files{HandOffs: "La/b;->c this now"}, "hand_offs.txt:1"},
		{Files{HandOffs: "La/b;->c() this now d"}, "hand_offs.txt:1"},
		{Files{HandOffs: "La/b;->c that now d"}, "type"},
		{Files{HandOffs: "La/b;->c this soon d"}, "time"},
		{Files{HandOffs: "La/b;->c this now d("}, "call-back"},
		{Files{HandOffs: "La/b;->c this now d\nLa/b;->c this now d"}, "hand_offs.txt:2"},
		{Files{UserActions: "only La/b;->c"}, "user_actions.txt:1"},
		{Files{UserActions: "often La/b;->c why"}, "user_actions.txt:1"},
		{Files{UserActions: "only La/b;->c why\nusually La/b;->c why"}, "user_actions.txt:2: La/b;->c stands twice"},
	} {
		if _, err := Parse(c.files); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: %v, want %q", c.files, err, c.want)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add("Ljava/lang/Object; - -\nLjava/lang/P; . -", "La/b;->c Ld/e; now *", "only La/b;->c why", "(La/b;[[I")
	f.Add("La/b; La/b; La/b;", "La/b;->c this user La/b;->*", "", "([")
	f.Fuzz(func(t *testing.T, classes, handed, users, params string) {
		table, err := Parse(Files{classes, handed, users})
		if err != nil {
			return
		}
		for _, c := range table.Classes() {
			table.Overrides(c, "run", params)
		}
		for i := range table.HandOffs() {
			h := &table.handed[i]
			table.Handed(h.Class, h.Name, params)
			table.Run(h, h.Name, params)
		}
	})
}

func BenchmarkLoad(b *testing.B) {
	b.ReportAllocs()
	b.SetBytes(int64(len(signatures.FrameworkClasses)))
	for b.Loop() {
		Load()
	}
}

func BenchmarkOverrides(b *testing.B) {
	table := Load()
	b.ReportAllocs()
	for b.Loop() {
		table.Overrides("Landroid/app/ListActivity;", "onCreate", "(Landroid/os/Bundle;)V")
	}
}
