package report

import (
	"fmt"
	"strings"

	"apkaudit/internal/audit"
)

// dataTagged bounds the data that the status of a finding names.
const dataTagged = 3

// status is what a title begins with: whether the finding is known or waived, and
// which data inside the baseline's lacks; "" for one that is new as a whole.
func (p *printer) status(f *audit.Finding) string {
	status := f.Status
	switch {
	case len(f.Added) == 0 && status == audit.StatusNew:
		return ""
	case len(f.Added) == 0:
		return p.value("status", status)
	case status == audit.StatusNew:
		status = audit.StatusKnown // but for the data that are new
	}
	names := p.dataList(f.Added[:min(len(f.Added), dataTagged)])
	return p.say("grown", "status", p.value("status", status), "data", p.andMore(p.list(names), len(f.Added)-len(names)))
}

// triaged says how many findings the baseline has too and how many waivers come to
// nothing, "" where neither was given.
func (p *printer) triaged() string {
	var parts []string
	if file := p.r.Triage.Baseline; file != "" {
		known, grown := 0, 0
		for i := range p.r.Findings {
			switch f := &p.r.Findings[i]; {
			case f.Status == audit.StatusKnown:
				known++
			case f.Status == audit.StatusNew && len(f.Added) > 0:
				grown++
			}
		}
		parts = append(parts, p.say("triage.known", "n", grouped(int64(known)), "file", clipMiddle(clean(file), 32)))
		if grown > 0 {
			parts = append(parts, p.say("triage.grown", "n", grouped(int64(grown))))
		}
	}
	count := map[string]int{}
	for i := range p.r.Triage.Waivers {
		count[p.r.Triage.Waivers[i].State]++
	}
	for _, state := range []string{audit.WaiverExceeded, audit.WaiverExpired, audit.WaiverUnused, audit.WaiverRedundant} {
		if count[state] > 0 {
			parts = append(parts, p.say("triage.waivers", "state", p.value("waived", state), "n", grouped(int64(count[state]))))
		}
	}
	return strings.Join(parts, " · ")
}

// waiverTable lists each waiver, in the long form alone.
func (p *printer) waiverTable() {
	list := p.r.Triage.Waivers
	if !p.opt.Verbose || len(list) == 0 {
		return
	}
	p.section("section.waivers", len(list))
	var rows [][]string
	for i := range list {
		w := &list[i]
		rows = append(rows, []string{p.value("waived", w.State), waiverPlace(w), p.waiverFor(w), itoa(w.Findings), clip(clean(w.Until), 10), flow(w.Reason) + p.by(&w.Waiver)})
	}
	p.table(0, []column{{title: p.say("column.state"), fixed: true}, {title: p.say("column.place"), name: true}, {title: p.say("column.waives"), name: true},
		{title: p.say("column.findings"), right: true, fixed: true}, {title: p.say("column.until"), fixed: true}, {title: p.say("column.reason")}}, rows)
}

// waiverPlace is file:line.
func waiverPlace(w *audit.WaiverState) string {
	return fmt.Sprintf("%s:%d", clipMiddle(clean(w.File), 32), w.Line)
}

// waiverFor says in ids, as the file does, what a waiver is for, and which data inside
// its findings it is not for.
func (p *printer) waiverFor(w *audit.WaiverState) string {
	var parts []string
	for _, s := range []string{w.Rule, short(w.Fingerprint), w.Party, w.Data, w.Permission} {
		if s != "" {
			parts = append(parts, clipMiddle(clean(s), 60))
		}
	}
	if len(w.Items) > 0 {
		parts = append(parts, p.some(p.dataList(w.Items), namesShown))
	}
	if len(w.Exceeded) > 0 {
		parts = append(parts, "("+p.say("waived.beyond", "data", p.some(p.dataList(w.Exceeded), namesShown))+")")
	}
	return strings.Join(parts, " ")
}

// waived is a finding's waiver in one line.
func (p *printer) waived(w *audit.Waiver) string {
	return flow(w.Reason) + " (" + p.say("until", "date", clean(w.Until)) + ")" + p.by(w)
}

// by says who decided on a waiver, "" where that is not told.
func (p *printer) by(w *audit.Waiver) string {
	if w.By == "" {
		return ""
	}
	return " — " + flow(w.By)
}
