package policy

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha1"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"apkaudit/internal/audit"
)

// publicZH is the folder that testdata/policies/fetch.sh filled and whether its
// held-out part is measured. The test is skipped where nobody names a folder.
func publicZH(t *testing.T) (dir string, heldOut bool) {
	t.Helper()
	dir = os.Getenv("APKAUDIT_POLICIES")
	if dir == "" {
		t.Skip("APKAUDIT_POLICIES names no folder; testdata/policies/fetch.sh fills one with the public sets")
	}
	switch part := os.Getenv("APKAUDIT_POLICIES_PART"); part {
	case "", "tuning":
		return dir, false
	case "held-out":
		return dir, true
	default:
		t.Fatalf("APKAUDIT_POLICIES_PART is %q; there are tuning and held-out", part)
		return
	}
}

func publicFile(t *testing.T, path ...string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(path...))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// logAgainst prints a measured figure beside the one to beat.
func logAgainst(t *testing.T, what string, s score, against string) {
	t.Helper()
	p, r, f := s.figures()
	t.Logf("%-34s P %.3f  R %.3f  F1 %.3f  (%d right, %d too many, %d missing)  to beat: %s", what, p, r, f, s.hit, s.extra, s.missed, against)
}

// goldSentence is a sentence of CA4P-483 with the spans marked as data, in code
// points.
type goldSentence struct {
	text string
	data [][2]int
}

// readBIOS reads one character and its label a line, sentences apart by an empty
// line: B- begins a span, I- goes on with it, S- is one alone.
func readBIOS(t *testing.T, data []byte) []goldSentence {
	t.Helper()
	var out []goldSentence
	var cur goldSentence
	var text strings.Builder
	n, open := 0, false
	end := func() {
		if n > 0 {
			cur.text = text.String()
			out = append(out, cur)
		}
		cur, n, open = goldSentence{}, 0, false
		text.Reset()
	}
	lines := bufio.NewScanner(bytes.NewReader(data))
	for lines.Scan() {
		line := strings.TrimRight(lines.Text(), "\r")
		if line == "" {
			end()
			continue
		}
		i := strings.LastIndexByte(line, '\t')
		if i < 0 {
			t.Fatalf("CA4P-483: no tab in the line %q", line)
		}
		char, label := line[:i], line[i+1:]
		if utf8.RuneCountInString(char) != 1 {
			char = " "
		}
		switch label {
		case "B-data", "S-data":
			cur.data = append(cur.data, [2]int{n, n + 1})
		case "I-data":
			if open {
				cur.data[len(cur.data)-1][1] = n + 1
			}
		}
		open = label == "B-data" || label == "I-data" && open
		text.WriteString(char)
		n++
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	end()
	return out
}

// saidSpans are the distinct spans of what a policy says is collected, which are
// apart: of two that overlap the longer stays.
func saidSpans(p audit.Policy) [][2]int {
	var out [][2]int
	for _, c := range p.Claims {
		// 相机权限: the annotators marked data, not permissions
		if strings.HasPrefix(c.Rule, "permission") {
			continue
		}
		text := []rune(p.Sources[c.At.Source].Text)
		for _, m := range c.Mentions {
			if !strings.HasPrefix(string(text[m.End:min(len(text), m.End+2)]), permissionNoun) {
				out = append(out, [2]int{m.Start, m.End})
			}
		}
	}
	slices.SortFunc(out, func(a, b [2]int) int {
		if a[0] != b[0] {
			return a[0] - b[0]
		}
		return b[1] - a[1]
	})
	kept := out[:0]
	for _, s := range out {
		if n := len(kept); n > 0 && s[0] < kept[n-1][1] {
			if s[1]-s[0] > kept[n-1][1]-kept[n-1][0] {
				kept[n-1] = s
			}
			continue
		}
		kept = append(kept, s)
	}
	return kept
}

// scoreSpans compares spans: exactly, and by whether they overlap at all, each
// span being used once. Both lists are in order and apart.
func scoreSpans(got, want [][2]int) (exact, overlap score) {
	used := make([]bool, len(want))
	k := 0
	for _, g := range got {
		if slices.Contains(want, g) {
			exact.hit++
		}
		for k < len(want) && want[k][1] <= g[0] {
			k++
		}
		for i := k; i < len(want) && want[i][0] < g[1]; i++ {
			if !used[i] {
				used[i] = true
				overlap.hit++
				break
			}
		}
	}
	exact.extra, exact.missed = len(got)-exact.hit, len(want)-exact.hit
	overlap.extra, overlap.missed = len(got)-overlap.hit, len(want)-overlap.hit
	return exact, overlap
}

// TestPublicZHSpans measures the data items of CA4P-483. The set is cut into
// sentences without the borders of its documents, so that each sentence is read
// as a document.
//
// 个人信息 and the like name no datum, and a claim of them would answer nothing:
// the reader makes none. The second figure leaves such spans out of the gold.
func TestPublicZHSpans(t *testing.T) {
	dir, heldOut := publicZH(t)
	part := "dev"
	if heldOut {
		part = "test"
	}
	var exact, overlap, named, namedOverlap score
	for _, s := range readBIOS(t, publicFile(t, dir, "CA4P-483", "train_dev_test", part+".char.bios")) {
		got := spansSaid(s.text)
		e, o := scoreSpans(got, s.data)
		exact.add(e)
		overlap.add(o)
		runes := []rune(s.text)
		e, o = scoreSpans(got, slices.DeleteFunc(slices.Clone(s.data), func(d [2]int) bool {
			return namesNothing(string(runes[d[0]:d[1]]))
		}))
		named.add(e)
		namedOverlap.add(o)
	}
	const against = "BiLSTM-CRF P .779 R .586 F1 .664; people F1 .939"
	logAgainst(t, "CA4P-483 exact spans", exact, against)
	logAgainst(t, "CA4P-483 overlapping spans", overlap, "none published")
	logAgainst(t, "CA4P-483 exact, named data only", named, "none published")
	logAgainst(t, "CA4P-483 overlap, named data only", namedOverlap, "none published")
}

// sentenceInput makes a document of a sentence, some of which quote HTML.
func sentenceInput(sentence string) Input {
	return Input{Name: "sentence.txt", Data: []byte(sentence), Format: formatText}
}

func spansSaid(sentence string) [][2]int {
	p, _, err := testReader().Read(context.Background(), []Input{sentenceInput(sentence)})
	if err != nil {
		return nil // it is blank
	}
	return saidSpans(p)
}

// namesNothing tells whether a text is one of the terms too wide for a claim.
func namesNothing(s string) bool {
	for _, id := range []string{"personal_information", "sensitive_personal_information"} {
		if slices.Contains(testReader().set.DataType(id).Terms.All(), s) {
			return true
		}
	}
	return s == "信息" || s == "数据" || strings.HasPrefix(s, "个人信息") || strings.HasSuffix(s, "个人信息")
}

// permissionGroups are the labels of APPCH: Android's dangerous permissions in
// groups, and the data that its annotators put under each.
var permissionGroups = []struct {
	label       string
	permissions []string
	data        []string // with all types below
}{
	{"CALENDAR", []string{"READ_CALENDAR", "WRITE_CALENDAR"}, []string{"calendar"}},
	{"CAMERA", []string{"CAMERA"}, []string{"camera", "biometric_info"}},
	{"CONTACTS", []string{"READ_CONTACTS", "WRITE_CONTACTS", "GET_ACCOUNTS"}, []string{"contacts", "device_accounts", "account_info"}},
	{"LOCATION", []string{"ACCESS_FINE_LOCATION", "ACCESS_COARSE_LOCATION", "ACCESS_BACKGROUND_LOCATION"}, []string{"location", "ip_address"}},
	{"MICROPHONE", []string{"RECORD_AUDIO"}, []string{"audio_recording", "voiceprint"}},
	{"PHONE", []string{"READ_PHONE_STATE", "READ_PHONE_NUMBERS", "CALL_PHONE", "READ_CALL_LOG", "WRITE_CALL_LOG", "ADD_VOICEMAIL", "USE_SIP", "PROCESS_OUTGOING_CALLS", "READ_PRIVILEGED_PHONE_STATE"},
		[]string{"device_info", "device_identifier", "sim_info", "call_log", "call_state", "phone_call", "network_info"}},
	{"SENSORS", []string{"BODY_SENSORS", "ACTIVITY_RECOGNITION"}, []string{"fitness_info"}},
	{"SMS", []string{"SEND_SMS", "RECEIVE_SMS", "READ_SMS", "RECEIVE_WAP_PUSH", "RECEIVE_MMS"}, []string{"sms"}},
	{"STORAGE", []string{"READ_EXTERNAL_STORAGE", "WRITE_EXTERNAL_STORAGE", "MANAGE_EXTERNAL_STORAGE", "READ_MEDIA_IMAGES", "READ_MEDIA_VIDEO", "READ_MEDIA_AUDIO"}, []string{"media_files", "files_docs"}},
}

// groupsSaid are the permission groups of what a policy says is collected.
func groupsSaid(p audit.Policy) map[string]bool {
	out := map[string]bool{}
	for _, c := range p.Claims {
		if c.Polarity != audit.Collects {
			continue
		}
		for _, g := range permissionGroups {
			for _, perm := range c.Permissions {
				if slices.Contains(g.permissions, strings.TrimPrefix(perm, "android.permission.")) {
					out[g.label] = true
				}
			}
			for _, d := range c.Data {
				if slices.ContainsFunc(g.data, func(above string) bool { return testReader().below(d, above) }) {
					out[g.label] = true
				}
			}
		}
	}
	return out
}

// groupsMarked are the groups of the marks "[@text#敏感权限类型 GROUP*]".
func groupsMarked(marked string) map[string]bool {
	out := map[string]bool{}
	for _, g := range permissionGroups {
		if strings.Contains(marked, "#敏感权限类型 "+g.label+"*]") {
			out[g.label] = true
		}
	}
	return out
}

// TestPublicZHGroups measures which permission groups the policies of APPCH
// disclose. Tuned on are the files whose labels have a name with an even last
// hex digit of its sha1; the others are held out.
func TestPublicZHGroups(t *testing.T) {
	dir, heldOut := publicZH(t)
	root := filepath.Join(dir, "APPCH", "annotations", "manual annotation")
	var all score
	each := map[string]*score{}
	err := filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || !strings.HasSuffix(path, ".anns") || strings.HasPrefix(e.Name(), ".") {
			return err
		}
		sum := sha1.Sum([]byte(e.Name()))
		if odd := sum[len(sum)-1]%2 == 1; odd != heldOut {
			return nil
		}
		// The character labels do not tell the groups; the marked text beside them does.
		want := groupsMarked(string(publicFile(t, strings.TrimSuffix(path, "s"))))
		got := groupsSaid(readOne(t, e.Name(), publicFile(t, strings.TrimSuffix(path, ".anns"))))
		for _, g := range permissionGroups {
			var s score
			switch {
			case want[g.label] && got[g.label]:
				s.hit++
			case want[g.label]:
				s.missed++
			case got[g.label]:
				s.extra++
			}
			if s.missed+s.extra > 0 && testing.Verbose() {
				t.Logf("%s: %s, marked %v, read %v", strings.TrimSuffix(e.Name(), ".txt.anns"), g.label, want[g.label], got[g.label])
			}
			if each[g.label] == nil {
				each[g.label] = new(score)
			}
			each[g.label].add(s)
			all.add(s)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, g := range permissionGroups {
		if s := each[g.label]; s != nil {
			logAgainst(t, "APPCH "+g.label, *s, "none published")
		}
	}
	logAgainst(t, "APPCH groups of a document", all, "lexicon P .84 R .96 F1 .90")
}

// sentenceTopics is what the reader finds in a sentence read alone.
type sentenceTopics [3]bool // collection, permission, sharing: the first labels of CAPP-130

// topicsOf takes a claim for what it says, and where no datum is named what the
// sentence as a whole says, which a list below it would inherit.
func topicsOf(sentence string) sentenceTopics {
	r := testReader()
	var out sentenceTopics
	in := sentenceInput(sentence)
	p, _, err := r.Read(context.Background(), []Input{in})
	if err != nil {
		return out
	}
	for _, c := range p.Claims {
		permission := strings.HasPrefix(c.Rule, "permission")
		shared := c.Rule == "sharing_statement"
		out[0] = out[0] || len(c.Data) > 0 && !permission && !shared
		out[1] = out[1] || len(c.Permissions) > 0
		out[2] = out[2] || shared || c.Party != audit.PartyApp && c.Rule != "sdk_named_in_passing"
	}
	_, d, err := load(context.Background(), 0, in, &memory{}, DefaultLimits())
	if err != nil {
		return out
	}
	d.fold = d.fold.fill(d.text, runeCount(d.text))
	secs := r.sectionsOf(d)
	for i := range d.blocks {
		b := &d.blocks[i]
		if secs[b.section].closed {
			continue
		}
		sts := r.blockStatements(d, b)
		for k := range sts {
			s := statementReader{r: r, d: d, sts: sts, k: k, party: audit.PartyApp}
			s.claims()
			st := &sts[k]
			switch permission := strings.Contains(d.str(st.span), permissionNoun); {
			case permission:
				// What is lost without a permission says that the app asks for it.
				out[1] = out[1] || s.verdict.stance == collected || st.has(roleRefusal) && !st.has(roleRight)
			case st.has(roleRefusal) && !st.has(roleRight):
				out[0] = out[0] || strings.Contains(d.str(st.span), "信息") // what is lost without data says that the app takes it
			case s.verdict.permission: // 您授权我们…
			case s.verdict.stance != silent && (s.verdict.word < 0 || !keeps(d, st, s.verdict.word) && !onlyNamed(d, st, s.verdict.word)):
				out[0] = out[0] || s.verdict.word < 0 || !handsData(st, s.verdict.word)
				out[2] = out[2] || s.verdict.party == audit.PartyThirdParty
			}
			out[2] = out[2] || st.has(roleEmbed) && st.has(roleSDKWord) && !st.has(roleRight) // others' code gets what it reads
			for w, h := range st.words {
				switch role(h.value) {
				case roleSend:
					out[2] = out[2] || !r.userActs(d, st, w) && !onlyTold(d, st, w) && (st.has(roleThird) || passesOn(d.text[h.start:h.end]))
				case roleGive:
					i := slices.IndexFunc(st.clauses, func(c clause) bool { return w < c.words.end })
					out[2] = out[2] || r.handsOn(d, st, st.clauses[i], w)
				}
			}
		}
	}
	return out
}

// onlyNamed tells whether word w only says which data is meant: 我们收集的个人信息将
// 存储于境内; and whether it stands in a sentence about children.
func onlyNamed(d *document, st *statement, w int) bool {
	behind := d.text[st.words[w].end:st.end]
	for _, filler := range []string{"到", "和产生", "或产生", "及产生", "、产生", "存储", "、存储"} {
		behind = strings.TrimPrefix(behind, filler)
	}
	return strings.HasPrefix(behind, "的") && !st.has(roleInclude, roleListIntro) || st.has(roleMinor)
}

// onlyTold tells whether word w does not say that the app hands data on: a danger,
// what has been made public already, what goes with data of children.
func onlyTold(d *document, st *statement, w int) bool {
	i := slices.IndexFunc(st.clauses, func(c clause) bool { return w < c.words.end })
	before := d.text[st.start:st.words[w].start]
	for _, already := range []string{"自行", "合法", "政府信息", "公众"} {
		if strings.HasSuffix(before, already) && strings.HasPrefix(d.text[st.words[w].start:], "公开") {
			return true
		}
	}
	return i >= 0 && prevented(d, st, st.clauses[i], w) || st.has(roleMinor)
}

// passesOn tells whether a verb says by itself that others get the data; 上传 and
// 分享 need somebody who gets it.
func passesOn(verb string) bool {
	return slices.Contains([]string{"共享", "转让", "披露", "公开", "委托", "转移"}, verb)
}

// TestPublicZHTopics measures which sentences of CAPP-130 speak of collecting,
// of permissions and of sharing.
func TestPublicZHTopics(t *testing.T) {
	dir, heldOut := publicZH(t)
	parts := []string{"train", "dev"}
	if heldOut {
		parts = []string{"test"}
	}
	topics := []struct{ name, against string }{
		{"collection", "regex F1 .60"}, {"permission", "regex F1 .65"}, {"sharing", "regex F1 .70"},
	}
	for _, part := range parts {
		var scores [3]score
		for line := range strings.Lines(string(publicFile(t, dir, "CAPP-130", "CAPP_130_Corpus", "Subdataset", "Extraction", "topic_identification_dataset", part+".txt"))) {
			sentence, labels, ok := strings.Cut(strings.TrimSpace(line), "\t")
			if !ok {
				continue
			}
			got := topicsOf(sentence)
			for i, label := range strings.Split(strings.Trim(labels, "[] "), ",")[:len(scores)] {
				want := strings.TrimSpace(label) == "1"
				switch {
				case want && got[i]:
					scores[i].hit++
				case want:
					scores[i].missed++
				case got[i]:
					scores[i].extra++
				}
			}
		}
		var micro score
		for i, s := range scores {
			logAgainst(t, "CAPP-130 "+part+" "+topics[i].name, s, topics[i].against)
			micro.add(s)
		}
		logAgainst(t, "CAPP-130 "+part+" micro of the three", micro, "RoBERTa over all 11 topics F1 .819")
	}
}
