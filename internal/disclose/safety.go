package disclose

import (
	"cmp"
	"encoding/csv"
	"fmt"
	"io"
	"slices"
	"strings"

	"apkaudit/internal/audit"
)

// The form of Google Play's Data safety section as the Play Console exports it:
// five columns, 782 rows. Identifiers, their order and the kinds of answers were
// taken as facts from public programs that write such files (the generators of
// google/checks' plugin for Gradle and of a fastlane plugin, and four apps' own
// scripts of 2025 and 2026 which agree row by row). The labels are worded here:
// the Console goes by the identifiers.
var safetyHeader = []string{"Question ID (machine readable)", "Response ID (machine readable)", "Response value", "Answer requirement", "Human-friendly question label"}

// Kinds of answers.
const (
	answerRequired = "REQUIRED"
	answerMaybe    = "MAYBE_REQUIRED"
	answerOptional = "OPTIONAL"
	answerSingle   = "SINGLE_CHOICE"
	answerMultiple = "MULTIPLE_CHOICE"
)

// answered is the value of a row that holds.
const answered = "TRUE"

// safetyRow is one row before the data types; all but the first are for people.
type safetyRow struct{ question, response, kind, label string }

// collectsAny is the question whether the app collects or shares anything at all.
const collectsAny = "PSL_DATA_COLLECTION_COLLECTS_PERSONAL_DATA"

var safetyRows = []safetyRow{
	{collectsAny, "", answerRequired, "Is any of the listed data collected or shared?"},
	{"PSL_DATA_COLLECTION_ENCRYPTED_IN_TRANSIT", "", answerMaybe, "Is all collected data encrypted in transit?"},
	{"PSL_SUPPORTED_ACCOUNT_CREATION_METHODS", "PSL_ACM_USER_ID_PASSWORD", answerMultiple, "Creating an account / user name and password"},
	{"PSL_SUPPORTED_ACCOUNT_CREATION_METHODS", "PSL_ACM_USER_ID_OTHER_AUTH", answerMultiple, "Creating an account / user name and other authentication"},
	{"PSL_SUPPORTED_ACCOUNT_CREATION_METHODS", "PSL_ACM_USER_ID_PASSWORD_OTHER_AUTH", answerMultiple, "Creating an account / user name, password and other authentication"},
	{"PSL_SUPPORTED_ACCOUNT_CREATION_METHODS", "PSL_ACM_OAUTH", answerMultiple, "Creating an account / OAuth"},
	{"PSL_SUPPORTED_ACCOUNT_CREATION_METHODS", "PSL_ACM_OTHER", answerMultiple, "Creating an account / another way"},
	{"PSL_SUPPORTED_ACCOUNT_CREATION_METHODS", "PSL_ACM_NONE", answerMultiple, "Creating an account / not possible in the app"},
	{"PSL_ACM_SPECIFY", "", answerMaybe, "Creating an account / which other way"},
	{"PSL_ACCOUNT_DELETION_URL", "", answerMaybe, "Address for asking to delete the account and its data"},
	{"PSL_SUPPORT_DATA_DELETION_BY_USER", "DATA_DELETION_YES", answerSingle, "Can users ask to have their data deleted? / yes"},
	{"PSL_SUPPORT_DATA_DELETION_BY_USER", "DATA_DELETION_NO", answerSingle, "Can users ask to have their data deleted? / no"},
	{"PSL_SUPPORT_DATA_DELETION_BY_USER", "DATA_DELETION_NO_AUTO_DELETED", answerSingle, "Can users ask to have their data deleted? / no, it is deleted within 90 days"},
	{"PSL_DATA_DELETION_URL", "", answerMaybe, "Address for asking to delete data"},
	{"PSL_DATA_COLLECTION_COMPLIES_FAMILY_POLICY", "", answerOptional, "Show that the app follows the Families policy (apps for children only)"},
	{"PSL_INDEPENDENTLY_VALIDATED", "", answerOptional, "Has an independent review by MASA been passed?"},
	{"PSL_UPI_BADGE_OPT_IN", "", answerOptional, "Show the UPI badge"},
	{"PSL_HAS_OUTSIDE_APP_ACCOUNTS", "", answerOptional, "Can accounts made outside the app be used?"},
	{"PSL_OUTSIDE_APP_ACCOUNT_TYPES", "PSL_LOGIN_WITH_OUTSIDE_APP_ID", answerMultiple, "Accounts from outside / identification outside the app"},
	{"PSL_OUTSIDE_APP_ACCOUNT_TYPES", "PSL_LOGIN_THROUGH_EMPLOYMENT_OR_ENTERPRISE_ACCOUNT", answerMultiple, "Accounts from outside / of an employer or enterprise"},
	{"PSL_OUTSIDE_APP_ACCOUNT_TYPES", "PSL_OUTSIDE_APP_ACCOUNT_TYPE_OTHER", answerMultiple, "Accounts from outside / other"},
	{"PSL_OUTSIDE_APP_ACCOUNT_TYPE_SPECIFY", "", answerMaybe, "Accounts from outside / which"},
}

// safetyType is one data type of the form. Name is its category and name as the
// data types of the signatures write them in their field play.
type safetyType struct{ question, id, name string }

var safetyTypes = []safetyType{
	{"PSL_DATA_TYPES_PERSONAL", "PSL_NAME", "Personal info/Name"},
	{"PSL_DATA_TYPES_PERSONAL", "PSL_EMAIL", "Personal info/Email address"},
	{"PSL_DATA_TYPES_PERSONAL", "PSL_USER_ACCOUNT", "Personal info/User IDs"},
	{"PSL_DATA_TYPES_PERSONAL", "PSL_ADDRESS", "Personal info/Address"},
	{"PSL_DATA_TYPES_PERSONAL", "PSL_PHONE", "Personal info/Phone number"},
	{"PSL_DATA_TYPES_PERSONAL", "PSL_RACE_ETHNICITY", "Personal info/Race and ethnicity"},
	{"PSL_DATA_TYPES_PERSONAL", "PSL_POLITICAL_RELIGIOUS", "Personal info/Political or religious beliefs"},
	{"PSL_DATA_TYPES_PERSONAL", "PSL_SEXUAL_ORIENTATION_GENDER_IDENTITY", "Personal info/Sexual orientation"},
	{"PSL_DATA_TYPES_PERSONAL", "PSL_OTHER_PERSONAL", "Personal info/Other info"},
	{"PSL_DATA_TYPES_FINANCIAL", "PSL_CREDIT_DEBIT_BANK_ACCOUNT_NUMBER", "Financial info/User payment info"},
	{"PSL_DATA_TYPES_FINANCIAL", "PSL_PURCHASE_HISTORY", "Financial info/Purchase history"},
	{"PSL_DATA_TYPES_FINANCIAL", "PSL_CREDIT_SCORE", "Financial info/Credit score"},
	{"PSL_DATA_TYPES_FINANCIAL", "PSL_OTHER", "Financial info/Other financial info"},
	{"PSL_DATA_TYPES_LOCATION", "PSL_APPROX_LOCATION", "Location/Approximate location"},
	{"PSL_DATA_TYPES_LOCATION", "PSL_PRECISE_LOCATION", "Location/Precise location"},
	{"PSL_DATA_TYPES_SEARCH_AND_BROWSING", "PSL_WEB_BROWSING_HISTORY", "Web browsing/Web browsing history"},
	{"PSL_DATA_TYPES_EMAIL_AND_TEXT", "PSL_EMAILS", "Messages/Emails"},
	{"PSL_DATA_TYPES_EMAIL_AND_TEXT", "PSL_SMS_CALL_LOG", "Messages/SMS or MMS"},
	{"PSL_DATA_TYPES_EMAIL_AND_TEXT", "PSL_OTHER_MESSAGES", "Messages/Other in-app messages"},
	{"PSL_DATA_TYPES_PHOTOS_AND_VIDEOS", "PSL_PHOTOS", "Photos and videos/Photos"},
	{"PSL_DATA_TYPES_PHOTOS_AND_VIDEOS", "PSL_VIDEOS", "Photos and videos/Videos"},
	{"PSL_DATA_TYPES_AUDIO", "PSL_AUDIO", "Audio files/Voice or sound recordings"},
	{"PSL_DATA_TYPES_AUDIO", "PSL_MUSIC", "Audio files/Music files"},
	{"PSL_DATA_TYPES_AUDIO", "PSL_OTHER_AUDIO", "Audio files/Other audio files"},
	{"PSL_DATA_TYPES_HEALTH_AND_FITNESS", "PSL_HEALTH", "Health and fitness/Health info"},
	{"PSL_DATA_TYPES_HEALTH_AND_FITNESS", "PSL_FITNESS", "Health and fitness/Fitness info"},
	{"PSL_DATA_TYPES_CONTACTS", "PSL_CONTACTS", "Contacts/Contacts"},
	{"PSL_DATA_TYPES_CALENDAR", "PSL_CALENDAR", "Calendar/Calendar events"},
	{"PSL_DATA_TYPES_APP_PERFORMANCE", "PSL_CRASH_LOGS", "App info and performance/Crash logs"},
	{"PSL_DATA_TYPES_APP_PERFORMANCE", "PSL_PERFORMANCE_DIAGNOSTICS", "App info and performance/Diagnostics"},
	{"PSL_DATA_TYPES_APP_PERFORMANCE", "PSL_OTHER_PERFORMANCE", "App info and performance/Other app performance data"},
	{"PSL_DATA_TYPES_FILES_AND_DOCS", "PSL_FILES_AND_DOCS", "Files and docs/Files and docs"},
	{"PSL_DATA_TYPES_APP_ACTIVITY", "PSL_USER_INTERACTION", "App activity/App interactions"},
	{"PSL_DATA_TYPES_APP_ACTIVITY", "PSL_IN_APP_SEARCH_HISTORY", "App activity/In-app search history"},
	{"PSL_DATA_TYPES_APP_ACTIVITY", "PSL_APPS_ON_DEVICE", "App activity/Installed apps"},
	{"PSL_DATA_TYPES_APP_ACTIVITY", "PSL_USER_GENERATED_CONTENT", "App activity/Other user-generated content"},
	{"PSL_DATA_TYPES_APP_ACTIVITY", "PSL_OTHER_APP_ACTIVITY", "App activity/Other actions"},
	{"PSL_DATA_TYPES_IDENTIFIERS", "PSL_DEVICE_ID", "Device or other IDs/Device or other IDs"},
}

// safetyUses are the rows of one data type behind PSL_DATA_USAGE_RESPONSES:ID:.
var safetyUses = safetyUsage()

func safetyUsage() []safetyRow {
	rows := []safetyRow{
		{"PSL_DATA_USAGE_COLLECTION_AND_SHARING", "PSL_DATA_USAGE_ONLY_COLLECTED", answerMultiple, "collected"},
		{"PSL_DATA_USAGE_COLLECTION_AND_SHARING", "PSL_DATA_USAGE_ONLY_SHARED", answerMultiple, "shared"},
		{"PSL_DATA_USAGE_EPHEMERAL", "", answerMaybe, "processed ephemerally?"},
		{"DATA_USAGE_USER_CONTROL", "PSL_DATA_USAGE_USER_CONTROL_OPTIONAL", answerSingle, "users choose whether it is collected"},
		{"DATA_USAGE_USER_CONTROL", "PSL_DATA_USAGE_USER_CONTROL_REQUIRED", answerSingle, "collection is required"},
	}
	for _, q := range [][2]string{{"DATA_USAGE_COLLECTION_PURPOSE", "collected for"}, {"DATA_USAGE_SHARING_PURPOSE", "shared for"}} {
		for _, p := range [][2]string{{"PSL_APP_FUNCTIONALITY", "app functionality"}, {"PSL_ANALYTICS", "analytics"}, {"PSL_DEVELOPER_COMMUNICATIONS", "messages of the developer"},
			{"PSL_FRAUD_PREVENTION_SECURITY", "fraud prevention, security, compliance"}, {"PSL_ADVERTISING", "advertising or marketing"}, {"PSL_PERSONALIZATION", "personalisation"}, {"PSL_ACCOUNT_MANAGEMENT", "account management"}} {
			rows = append(rows, safetyRow{q[0], p[0], answerMultiple, q[1] + " / " + p[1]})
		}
	}
	return rows
}

// Safety is what the code tells for the Data safety form.
type Safety struct {
	Types []SafetyType // of the form, in its order
	// Undecided are data types that the code reads and that belong to a category of
	// the form without telling which type of it.
	Undecided []SafetyData
}

// SafetyType is one data type of the form with what the code reads of it.
type SafetyType struct {
	ID   string // response id
	Name string // category/type
	Data []SafetyData
}

// SafetyData is one data type of the signatures and who reads it.
type SafetyData struct {
	Data Cell
	Who  Cell
	Play string // category, or category/type
}

// safety puts the data that the code reads under the types of the form.
func (f *facts) safety() Safety {
	var out Safety
	by := map[string][]SafetyData{}
	for _, row := range f.dataRows(func(p audit.Pair) bool { return p.Reached != audit.No }) {
		t := f.set.DataType(row.data)
		if t == nil || t.Play == "" {
			continue
		}
		x := SafetyData{Data: f.dataParts([]string{row.data}), Who: f.who(row.parties), Play: t.Play}
		if i := slices.IndexFunc(safetyTypes, func(s safetyType) bool { return s.name == x.Play || s.name == x.Play+"/"+x.Play }); i >= 0 {
			by[safetyTypes[i].id] = append(by[safetyTypes[i].id], x)
		} else {
			out.Undecided = append(out.Undecided, x)
		}
	}
	for _, s := range safetyTypes {
		if len(by[s.id]) > 0 {
			out.Types = append(out.Types, SafetyType{ID: s.id, Name: s.name, Data: by[s.id]})
		}
	}
	slices.SortStableFunc(out.Undecided, func(a, b SafetyData) int { return cmp.Compare(a.Play, b.Play) })
	return out
}

func (s *Safety) has(id string) bool {
	return slices.ContainsFunc(s.Types, func(t SafetyType) bool { return t.ID == id })
}

// writeSafety writes the whole form. Types that the code reads are answered as
// candidates for "collected"; whatever code does not tell (shared, ephemeral,
// optional, purposes, accounts, deletion) stays without an answer, which is how the
// form marks a blank: the Console asks for it after the import.
func writeSafety(w io.Writer, d *Document, _ Options) error {
	c := csv.NewWriter(w)
	row := func(question, response, value, kind, label string) {
		_ = c.Write([]string{question, response, value, kind, label}) // the error stays with the writer
	}
	yes := func(holds bool) string {
		if holds {
			return answered
		}
		return ""
	}
	_ = c.Write(safetyHeader)
	for _, r := range safetyRows {
		row(r.question, r.response, yes(r.question == collectsAny && len(d.Safety.Types) > 0), r.kind, r.label)
	}
	for _, t := range safetyTypes {
		row(t.question, t.id, yes(d.Safety.has(t.id)), answerMultiple, strings.Replace(t.name, "/", " / ", 1))
	}
	for _, t := range safetyTypes {
		_, name, _ := strings.Cut(t.name, "/")
		for _, r := range safetyUses {
			collected := r.response == "PSL_DATA_USAGE_ONLY_COLLECTED" && d.Safety.has(t.id)
			row("PSL_DATA_USAGE_RESPONSES:"+t.id+":"+r.question, r.response, yes(collected), r.kind, name+" / "+r.label)
		}
	}
	c.Flush()
	if err := c.Error(); err != nil {
		return fmt.Errorf("writing the Data safety form: %w", err)
	}
	return nil
}
