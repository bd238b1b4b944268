package behavior

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"apkaudit/internal/audit"
	"apkaudit/internal/rules"
)

// The parts of androidx.startup: a provider that, before the app's own code runs,
// creates the classes that its meta-data name.
const (
	startupProvider = "androidx.startup.InitializationProvider"
	startupMarker   = "androidx.startup"
)

// startup lists what runs or is started without the user: providers and initialisers
// of others than the app, components that the system wakes, calls that bring code back
// or wake other apps. signatures/startup.yaml says which.
func (o *Observer) startup(pkg string, calls []*callHit, own *owners, b *audit.Behavior, sites []audit.Use, facts siteFacts) []audit.Startup {
	var out []audit.Startup
	initialises := false
	for _, c := range b.Components {
		if c.Disabled {
			continue
		}
		if c.Kind == "provider" && c.Party != audit.PartyApp {
			out = append(out, audit.Startup{Kind: audit.StartupAutoInit, Party: c.Party, Component: c.Name, What: strings.Join(c.Authorities, ";")})
		}
		initialises = initialises || c.Name == startupProvider
		out = append(out, o.woken(&c)...)
	}
	for _, m := range b.MetaData {
		if m.Value != startupMarker || !initialises {
			continue
		}
		if party := own.partyOf(m.Name); party != audit.PartyApp {
			out = append(out, audit.Startup{Kind: audit.StartupAutoInit, Party: party, Component: m.Name, What: startupMarker})
		}
	}
	for i := range out {
		facts.answerComponent(&out[i], o.kin(out[i].Party), sites)
	}
	out = append(out, o.startCalls(pkg, calls, facts)...)
	slices.SortStableFunc(out, func(a, b audit.Startup) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Party, b.Party), cmp.Compare(a.Component, b.Component), cmp.Compare(a.What, b.What))
	})
	return out
}

// kin are a party and those whose code it brings along: what others read on a path that
// begins in its component is not said of it.
func (o *Observer) kin(party string) []string {
	out := []string{party}
	if id, ok := strings.CutPrefix(party, audit.PrefixSDK); ok {
		for _, other := range o.set.Family(id) {
			out = append(out, audit.PrefixSDK+other)
		}
	}
	return out
}

// answerComponent states whether a component that starts without the user runs, and
// which reads of its party begin in it. What creates itself with the process runs before consent;
// whether what the system wakes is woken before, nothing tells.
func (f siteFacts) answerComponent(s *audit.Startup, kin []string, sites []audit.Use) {
	class := descriptor(s.Component)
	s.Example.Reached, s.Example.BeforeConsent = audit.No, audit.No
	if !f.r.graph.Defines(class) {
		return // named in the manifest, and no code for it
	}
	s.Example.Reached, s.Example.BeforeConsent = audit.Yes, audit.Yes
	if s.Kind != audit.StartupAutoInit {
		s.Example.BeforeConsent, s.Example.Doubt = audit.Unknown, audit.DoubtOtherStart
	}
	for i := range sites {
		u := &sites[i]
		if p := u.Examples[0].Path; u.Collects() && slices.Contains(kin, u.Party) && u.Through != u.Party && len(p) > 0 && strings.HasPrefix(p[0], class+"->") {
			s.Data = append(s.Data, u.Data...)
		}
	}
	slices.Sort(s.Data)
	s.Data = slices.Compact(s.Data)
}

// woken lists the actions for which the system starts a component.
func (o *Observer) woken(c *audit.Component) []audit.Startup {
	var out []audit.Startup
	for i := range o.set.Startup {
		s := &o.set.Startup[i]
		if s.Component != c.Kind {
			continue
		}
		for _, a := range c.Actions {
			if slices.Contains(s.Actions, a) {
				out = append(out, audit.Startup{Kind: s.Kind, Party: c.Party, Component: c.Name, What: a})
			}
		}
	}
	return out
}

// packageName is what Android takes for the name of an app.
var packageName = regexp.MustCompile(`^[A-Za-z]\w*(\.[A-Za-z]\w*)+$`)

// startCalls lists the calls of signals, and for each method that starts components the
// packages of other apps that it names.
func (o *Observer) startCalls(pkg string, calls []*callHit, facts siteFacts) []audit.Startup {
	type target struct {
		caller place
		name   string
	}
	told := map[target]bool{}
	var out []audit.Startup
	for _, h := range calls {
		if s := h.role.signal; s >= 0 {
			out = append(out, o.startCall(&o.set.Startup[s], h, h.dex.MethodDescriptor(h.target), facts))
		}
		if h.starts < 0 {
			continue
		}
		for _, name := range h.texts {
			t := target{h.place, name}
			t.caller.offset = 0
			if name != pkg && packageName.MatchString(name) && !told[t] {
				told[t] = true
				out = append(out, o.startCall(&o.set.Startup[h.starts], h, name, facts))
			}
		}
	}
	return out
}

func (o *Observer) startCall(s *rules.StartSignal, h *callHit, what string, facts siteFacts) audit.Startup {
	return audit.Startup{Kind: s.Kind, Party: facts.party(h.place), What: what, Example: h.example(facts)}
}

// example is a call as reports show it.
func (h *callHit) example(facts siteFacts) audit.Example {
	ex := audit.Example{DEX: h.file.entry, Caller: h.dex.MethodDescriptor(h.caller), Offset: h.offset, Args: h.texts}
	facts.r.answer(&ex, facts.node(h.place), h.level)
	return ex
}

// requests lists the calls that ask the user for permissions, in the order of the code.
// What a library's wrapper calls in turn is the library's own: the call of the wrapper
// says who asks.
func (o *Observer) requests(calls []*callHit, facts siteFacts) []audit.Request {
	var out []audit.Request
	for _, h := range calls {
		if h.role.request < 0 {
			continue
		}
		names := slices.DeleteFunc(slices.Clone(h.texts), func(s string) bool { return !o.namesPermission(s) })
		if len(names) == 0 && o.set.Requests[h.role.request].Generic {
			continue
		}
		out = append(out, audit.Request{Party: facts.owner(h.place), Permissions: names, Target: h.dex.MethodDescriptor(h.target), Example: h.example(facts)})
	}
	return out
}

// namesPermission tells whether a text names a permission: one that is known, or one
// that is written as such names are.
func (o *Observer) namesPermission(text string) bool {
	return o.set.Permission(text) != nil || packageName.MatchString(text) && strings.Contains(text, ".permission")
}
