package policy

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha1"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"apkaudit/internal/audit"
)

// The benchmarks in this file read public data sets that are not part of the
// project, from the directory that APKAUDIT_POLICIES names:
//
//	APKAUDIT_POLICIES=<dir> go test -v -run TestPublicEN ./internal/policy
//
// APKAUDIT_POLICIES_PART=held-out measures the part that is kept for acceptance
// and must not be looked at while words or mechanisms are being changed.
// APKAUDIT_POLICIES_ERRORS=<file> appends every disagreement of the tuning part
// to that file, one a line: set, where, "extra", "missed" or "no term", label, text.

// publicLabel says which mentions of ours are one of the types that the APP-350
// scheme knows (PLUE and IT100 use it). Where one of our types covers two of
// theirs, the words of the mention decide. A collective type of ours stands only
// where theirs is collective as well.
//
// The scheme labels a location by the means of finding it and puts the means that
// an exact or a rough location has on every segment that names one, whether or
// not the text names them; for these one mention of ours is several of theirs.
type publicLabel struct {
	theirs string
	data   []string       // ids of signatures/datatypes
	words  *regexp.Regexp // that the mention must match; nil: all do
	also   []string       // what else the scheme puts on such a mention
}

// publicLabels is read from the top: a mention belongs to the first row it fits.
// Rows without data are types that the project does not tell apart.
func publicLabels() []publicLabel {
	return []publicLabel{
		{"Contact_Address_Book", []string{"contacts"}, nil, nil},
		{"Contact_ZIP", []string{"postal_address"}, regexp.MustCompile(`(?i)\b(zip|post(al)? ?code)`), nil},
		{"Contact_City", []string{"postal_address"}, regexp.MustCompile(`(?i)^(city|hometown)$`), nil},
		{"Contact_E_Mail_Address", []string{"email_address"}, nil, nil},
		{"Contact_Name", []string{"name"}, nil, nil}, // IT100 only
		{"Contact_Password", []string{"password"}, nil, nil},
		{"Contact_Phone_Number", []string{"phone_number"}, nil, nil},
		{"Contact_Postal_Address", []string{"postal_address"}, nil, nil},
		{"Contact", []string{"identity_info"}, regexp.MustCompile(`(?i)contact`), nil},
		{"Demographic_Age", []string{"birthday_age"}, nil, nil},
		{"Demographic_Gender", []string{"gender"}, nil, nil},
		{"Demographic", []string{"identity_info"}, regexp.MustCompile(`(?i)demographic`), nil},
		{"Facebook_SSO", []string{"third_party_account"}, regexp.MustCompile(`(?i)facebook`), nil},
		{"SSO", []string{"third_party_account"}, nil, nil},
		{"Identifier_Device_ID", []string{"idfa_idfv"}, regexp.MustCompile(`(?i)udid|vendor|idfv`), nil},
		{"Identifier_Ad_ID", []string{"gaid", "idfa_idfv", "oaid"}, nil, nil},
		{"Identifier_Cookie_or_similar_Tech", []string{"cookies"}, nil, nil},
		{"Identifier_IMEI", []string{"imei", "meid"}, nil, nil},
		{"Identifier_IMSI", []string{"imsi"}, nil, nil},
		{"Identifier_IP_Address", []string{"ip_address"}, nil, nil},
		{"Identifier_MAC", []string{"wifi_mac", "bluetooth_mac"}, nil, nil},
		{"Identifier_Mobile_Carrier", []string{"carrier", "sim_operator"}, regexp.MustCompile(`(?i)carrier|operator|mobile|wireless|cellular|network`), nil},
		{"Identifier_SIM_Serial", []string{"iccid"}, nil, nil},
		{"Identifier_SSID_BSSID", []string{"wifi_ssid", "wifi_bssid"}, nil, nil},
		{"Identifier", []string{"device_identifier"}, regexp.MustCompile(`(?i)^(unique|persistent) identifiers?$`), nil},
		{"Identifier_Device_ID", []string{"device_identifier", "android_id", "serial_number", "app_set_id", "gsf_id", "drm_id"}, nil, nil},
		{"Location_Bluetooth", []string{"nearby_bluetooth_devices"}, nil, nil},
		{"Location_Cell_Tower", []string{"cell_info"}, nil, nil},
		{"Location_GPS", []string{"precise_location"}, regexp.MustCompile(`(?i)gps|l(at|ong)itude|coordinates`), nil},
		{"Location_IP_Address", nil, nil, nil},
		{"Location", []string{"precise_location"}, nil, []string{"Location_GPS", "Location_WiFi", "Location_Bluetooth"}},
		{"Location", []string{"approximate_location"}, nil, []string{"Location_IP_Address", "Location_Cell_Tower"}},
		{"Location_WiFi", []string{"wifi_info", "wifi_scan_list"}, nil, nil},
		{"Location", []string{"location", "precise_location", "approximate_location", "background_location", "trajectory"}, nil, nil},
		{"Multimedia", []string{"media_files", "photos", "videos", "audio_files", "camera", "audio_recording"}, nil, nil}, // IT100 only
	}
}

// labelsOf returns their names of a mention, none where they have none.
func labelsOf(labels []publicLabel, m audit.Mention) []string {
	for _, l := range labels {
		if slices.Contains(l.data, m.Data) && (l.words == nil || l.words.MatchString(m.Text)) {
			return append([]string{l.theirs}, l.also...)
		}
	}
	return nil
}

// namedIn returns every mention of a text, whatever is said of it.
func namedIn(text string) (out []audit.Mention) {
	f, d := foldText(text), &document{text: text}
	for _, m := range testReader().withoutLoneWords(d, testReader().rawMentions(d, &f)) {
		out = append(out, audit.Mention{Data: m.data, Text: text[m.start:m.end]})
	}
	return out
}

// publicPart tells whether the held-out part is asked for.
func publicPart(t *testing.T) (heldOut bool) {
	t.Helper()
	switch part := os.Getenv("APKAUDIT_POLICIES_PART"); part {
	case "", "tuning":
		return false
	case "held-out":
		return true
	default:
		t.Fatalf("APKAUDIT_POLICIES_PART=%q: use tuning or held-out", part)
		return false
	}
}

// publicPath returns a place inside the benchmark directory; the test is skipped
// where it is absent.
func publicPath(t *testing.T, parts ...string) string {
	t.Helper()
	dir := os.Getenv("APKAUDIT_POLICIES")
	if dir == "" {
		t.Skip("APKAUDIT_POLICIES is not set: give the directory that holds the public policy sets (PLUE, IT100-Corpus)")
	}
	path := filepath.Join(append([]string{dir}, parts...)...)
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		t.Skipf("%s is absent", path)
	}
	return path
}

// publicTally counts agreement per label, and writes disagreements down.
type publicTally struct {
	set    string
	labels map[string]score
	errors *bufio.Writer
}

func newPublicTally(t *testing.T, set string) *publicTally {
	t.Helper()
	p := &publicTally{set: set, labels: map[string]score{}}
	if path := os.Getenv("APKAUDIT_POLICIES_ERRORS"); path != "" && !publicPart(t) {
		f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
		if err != nil {
			t.Fatal(err)
		}
		p.errors = bufio.NewWriter(f)
		t.Cleanup(func() {
			if err := errors.Join(p.errors.Flush(), f.Close()); err != nil {
				t.Error(err)
			}
		})
	}
	return p
}

func (p *publicTally) note(where, kind, label, text string) {
	if p.errors != nil {
		fmt.Fprintf(p.errors, "%s\t%s\t%s\t%s\t%s\n", p.set, where, kind, label, strings.Join(strings.Fields(text), " "))
	}
}

// compare counts the labels of one segment, each once. named are the labels for
// which the segment has a term, counted or not; it only words the errors.
func (p *publicTally) compare(where, text string, got, want, named map[string]bool) {
	for l := range want {
		s := p.labels[l]
		if got[l] {
			s.hit++
		} else {
			s.missed++
			kind := "missed"
			if !named[l] {
				kind = "no term"
			}
			p.note(where, kind, l, text)
		}
		p.labels[l] = s
	}
	for l := range got {
		if want[l] {
			continue
		}
		s := p.labels[l]
		s.extra++
		p.labels[l] = s
		p.note(where, "extra", l, text)
	}
}

// log prints the figures of the labels that keep accepts, with a row each where
// rows is set. Macro is the mean of
// the F1 of labels that the data have; a label that stands nowhere counts 0.
func (p *publicTally) log(t *testing.T, what, beat string, rows bool, keep func(string) bool) {
	t.Helper()
	var names []string
	var all score
	macro := 0.0
	for l, s := range p.labels {
		if !keep(l) {
			continue
		}
		all.add(s)
		if s.hit+s.missed == 0 {
			continue
		}
		names = append(names, l)
		if _, _, f := s.figures(); s.hit > 0 {
			macro += f
		}
	}
	slices.Sort(names)
	if rows {
		for _, l := range names {
			logScore(t, fmt.Sprintf("%-46s", l), p.labels[l])
		}
	}
	logScore(t, what+", micro", all)
	t.Logf("%s: macro F1 %.4f over %d labels; to beat: %s", what, macro/float64(max(1, len(names))), len(names), beat)
}

// TestPublicENSegments measures the data types of PLUE's APP-350 segments. The
// set holds segments without their documents or the headings over them, so each
// is read as a document of its own; a type counts whether the policy says that
// it is collected or that it is not, as their labels do.
func TestPublicENSegments(t *testing.T) {
	file := "valid.json"
	if publicPart(t) {
		file = "test.json"
	}
	data, err := os.ReadFile(publicPath(t, "PLUE", "data", "app350", file))
	if err != nil {
		t.Fatal(err)
	}
	labels := publicLabels()
	tally, terms := newPublicTally(t, "PLUE"), &publicTally{labels: map[string]score{}}
	for i, line := range bytes.Split(bytes.TrimSpace(data), []byte("\n")) {
		var seg struct {
			Text  string   `json:"text"`
			Label []string `json:"label"`
		}
		if err := json.Unmarshal(line, &seg); err != nil {
			t.Fatalf("%s:%d: %v", file, i+1, err)
		}
		want, got, named := map[string]bool{}, map[string]bool{}, map[string]bool{}
		for _, l := range seg.Label {
			if l != "No_Mentioned" {
				want[l] = true
			}
		}
		if strings.TrimSpace(seg.Text) != "" {
			// A segment may hold nothing that is visible, which states nothing.
			p, _, err := testReader().Read(context.Background(), []Input{{Name: "segment.txt", Data: []byte(seg.Text)}})
			if err != nil && !errors.Is(err, ErrUnreadable) {
				t.Fatal(err)
			}
			for _, c := range p.Claims {
				for _, m := range c.Mentions {
					for _, l := range labelsOf(labels, m) {
						got[l] = true
					}
				}
			}
			for _, m := range namedIn(seg.Text) {
				for _, l := range labelsOf(labels, m) {
					named[l] = true
				}
			}
		}
		for _, l := range []string{"Contact_Name", "Multimedia"} { // not among their labels
			delete(got, l)
			delete(named, l)
		}
		tally.compare(fmt.Sprintf("%s:%d", file, i+1), seg.Text, got, want, named)
		terms.compare("", "", named, want, nil)
	}
	terms.log(t, "PLUE app350, the terms alone", "nothing: what counting every mention would give", false, func(string) bool { return true })
	tally.log(t, "PLUE app350", "micro .72, macro .63 (a published lexicon)", true, func(string) bool { return true })
}

// publicPolicy is one file of the IT100 corpus.
type publicPolicy struct {
	Name     string `yaml:"policy_name"`
	Segments []struct {
		Text        string `yaml:"segment_text"`
		Annotations []struct {
			Practice string `yaml:"practice"`
			Modality string `yaml:"modality"`
		} `yaml:"annotations"`
	} `yaml:"segments"`
}

// TestPublicENPractices measures type x party x modality on whole documents of
// the IT100 corpus: the segments joined as paragraphs, claims located in them.
func TestPublicENPractices(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(publicPath(t, "IT100-Corpus", "corpus"), "*.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	labels, heldOut := publicLabels(), publicPart(t)
	tally := newPublicTally(t, "IT100")
	seen := 0
	for _, path := range files {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		var p publicPolicy
		if err := yaml.Unmarshal(data, &p); err != nil {
			t.Logf("left out: %s: %v", filepath.Base(path), err) // not all files of the corpus are valid YAML
			continue
		}
		if sum := sha1.Sum([]byte(p.Name)); (sum[len(sum)-1]%2 == 1) == heldOut && scorePractices(t, tally, labels, p) {
			seen++
		}
	}
	if seen == 0 {
		t.Skip("no policy of this part is there")
	}
	performed := func(l string) bool { return !strings.HasSuffix(l, " not performed") }
	first := func(l string) bool { return strings.Contains(l, " 1st ") }
	tally.log(t, "IT100 first party, performed", "none published", true, func(l string) bool { return performed(l) && first(l) })
	tally.log(t, "IT100 third party, performed", "none published", true, func(l string) bool { return performed(l) && !first(l) })
	tally.log(t, "IT100 not performed", "none published", true, func(l string) bool { return !performed(l) })
	tally.log(t, fmt.Sprintf("IT100 all, %d policies", seen), "none published", false, func(string) bool { return true })
}

// scorePractices scores one policy. Some files of the corpus are annotated for
// transfers abroad only, whatever they say of collection; those are left out and
// return false.
func scorePractices(t *testing.T, tally *publicTally, labels []publicLabel, p publicPolicy) bool {
	t.Helper()
	var text strings.Builder
	starts := make([]int, len(p.Segments)) // in code points
	at := 0
	for i, s := range p.Segments {
		starts[i] = at
		one := strings.TrimSpace(s.Text) + "\n\n"
		text.WriteString(one)
		at += utf8.RuneCountInString(one)
	}
	got, want := make([]map[string]bool, len(p.Segments)), make([]map[string]bool, len(p.Segments))
	annotated := false
	for i, s := range p.Segments {
		got[i], want[i] = map[string]bool{}, map[string]bool{}
		for _, a := range s.Annotations {
			if l := practiceLabel(a.Practice, a.Modality); l != "" {
				want[i][l], annotated = true, true
			}
		}
	}
	if !annotated || strings.TrimSpace(text.String()) == "" {
		return false
	}
	for _, c := range readOne(t, p.Name+".txt", []byte(text.String())).Claims {
		party, modality := "3rd", "performed"
		if c.Party == audit.PartyApp {
			party = "1st"
		}
		if c.Polarity == audit.Denies {
			modality = "not performed"
		}
		for _, m := range c.Mentions {
			i, found := slices.BinarySearch(starts, m.Start)
			if !found {
				i--
			}
			for _, l := range labelsOf(labels, m) {
				got[i][l+" "+party+" "+modality] = true
			}
		}
	}
	for i, s := range p.Segments {
		named := map[string]bool{}
		for _, m := range namedIn(s.Text) {
			for _, end := range []string{" 1st performed", " 1st not performed", " 3rd performed", " 3rd not performed"} {
				for _, l := range labelsOf(labels, m) {
					named[l+end] = true
				}
			}
		}
		tally.compare(fmt.Sprintf("%s:%d", p.Name, i+1), s.Text, got[i], want[i], named)
	}
	return true
}

// practiceLabel writes a practice as "type party modality": the first party, or
// any other (third parties, and RT, recipients of the data). Practices that are
// no collection (transfers, controllers) give "".
func practiceLabel(practice, modality string) string {
	parts := strings.Split(practice, "&")
	if len(parts) < 2 || parts[0] == "TRANSFER" {
		return ""
	}
	party := "3rd"
	if parts[1] == "1stParty" {
		party = "1st"
	}
	return parts[0] + " " + party + " " + strings.ToLower(strings.ReplaceAll(modality, "_", " "))
}
