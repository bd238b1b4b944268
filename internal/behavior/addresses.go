package behavior

import (
	"slices"
	"strings"

	"apkaudit/internal/dex"
	"apkaudit/internal/rules"
)

// fate is what a method does with the address of a content provider.
type fate uint8

// Fates, which may be joined.
const (
	fateHanded  fate = 1 << iota // put into an intent: another app acts on it, and the user with it
	fateWritten                  // rows are added, changed or removed there
	fateOther                    // anything else, which may read
)

// uriType is the type of addresses.
const uriType = "Landroid/net/Uri;"

// addressMakers are the classes that make addresses out of addresses.
var addressMakers = []string{uriType, "Landroid/net/Uri$Builder;", "Landroid/content/ContentUris;"}

// addressWriters are, by class, the methods that add, change or remove rows.
var addressWriters = map[string][]string{
	"Landroid/content/ContentResolver;":          {"insert", "bulkInsert", "update", "delete"},
	"Landroid/content/ContentProviderClient;":    {"insert", "bulkInsert", "update", "delete"},
	"Landroid/content/ContentProviderOperation;": {"newInsert", "newUpdate", "newDelete"},
	"Landroid/content/AsyncQueryHandler;":        {"startInsert", "startUpdate", "startDelete"},
}

// addresses looks at the sites of a method, from first on, that name no more than the
// address of a content provider, and says of each what the method does with it. Where
// all that is seen is that it goes into an intent, or that rows are written, the site
// is one of the behaviour that the rules name for that. An address that leaves the
// method, or of which nothing is seen, stays what it is: it may be read from.
func (w *walker) addresses(code *dex.Code, first int) {
	var at map[int]fate
	for i := range w.f.hits[first:] {
		if h := &w.f.hits[first+i]; w.isAddress(h) {
			if at == nil {
				at = map[int]fate{}
			}
			at[h.offset] = 0
		}
	}
	if at == nil {
		return
	}
	ins := code.Insns()
	all := code.Carry(func(pos int) bool {
		_, ok := at[pos]
		return ok
	}, func(pos int, _ bool) dex.Passing {
		if class, _ := w.member(ins.Index(pos)); slices.Contains(addressMakers, class) {
			return dex.IntoResult
		}
		return 0
	}, func(pos, _, source int) { at[source] |= w.fateIn(ins.Index(pos)) })
	if !all {
		w.f.cut("max-carried", dex.MaxCarried)
	}
	for i := range w.f.hits[first:] {
		h := &w.f.hits[first+i]
		if instead := w.o.insteadOf(h.behaviour, at[h.offset]); instead >= 0 {
			h.behaviour = instead
		}
	}
}

// isAddress tells whether a site gives an address without asking the provider.
func (w *walker) isAddress(h *siteHit) bool {
	b := &w.o.set.Behaviours[h.behaviour]
	if h.via != "" || b.Handed == "" && b.Written == "" {
		return false
	}
	if h.field {
		return strings.HasSuffix(w.d.FieldDescriptor(h.target), ":"+uriType)
	}
	target := w.d.MethodDescriptor(h.target)
	return strings.HasSuffix(target, ")"+uriType) && !strings.Contains(target, "Landroid/content/ContentResolver;")
}

// member names the class and the method of a call.
func (w *walker) member(method uint32) (class, name string) {
	m, _ := w.d.Method(method)
	return w.d.TypeDescriptor(m.Class), string(w.d.MethodName(method))
}

// fateIn is what a call does with an address that it is given.
func (w *walker) fateIn(method uint32) fate {
	class, name := w.member(method)
	switch {
	case slices.Contains(addressMakers, class):
		return 0
	case class == "Landroid/content/Intent;":
		return fateHanded
	case slices.Contains(addressWriters[class], name):
		return fateWritten
	}
	return fateOther
}

// insteadOf is the behaviour that an address of a behaviour stands for by its fate, -1
// where it stays what it is.
func (o *Observer) insteadOf(behaviour int, f fate) int {
	id := ""
	switch b := &o.set.Behaviours[behaviour]; f {
	case fateHanded:
		id = b.Handed
	case fateWritten, fateWritten | fateHanded:
		id = b.Written
	}
	if id == "" {
		return -1
	}
	return slices.IndexFunc(o.set.Behaviours, func(b rules.Behaviour) bool { return b.ID == id })
}

// companion is a text that a class loads and a behaviour wants beside its sites.
type companion struct {
	class int
	text  uint32 // index of the string
}

// companions finds the sites that count only where their class also loads one of some
// texts: the address of a table says nothing of the row that is read.
type companions struct {
	wanted map[uint32]bool // by string index
	loaded map[companion]bool
	by     map[int][]uint32 // the string indexes of a behaviour
}

func newCompanions(set *rules.Set, d *dex.File) *companions {
	c := &companions{wanted: map[uint32]bool{}, loaded: map[companion]bool{}, by: map[int][]uint32{}}
	for i := range set.Behaviours {
		b := &set.Behaviours[i]
		if len(b.Beside) == 0 {
			continue
		}
		c.by[i] = nil
		for _, text := range b.Beside {
			if at, ok := d.FindString([]byte(text), 0, d.NumStrings()); ok {
				c.wanted[uint32(at)] = true
				c.by[i] = append(c.by[i], uint32(at))
			}
		}
	}
	return c
}

func (c *companions) load(class int, text uint32) {
	if c.wanted[text] {
		c.loaded[companion{class, text}] = true
	}
}

// alone tells whether a site lacks the text that it needs beside it.
func (c *companions) alone(h siteHit) bool {
	texts, needs := c.by[h.behaviour]
	return needs && !slices.ContainsFunc(texts, func(t uint32) bool { return c.loaded[companion{h.class, t}] })
}
