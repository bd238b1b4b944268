package behavior

import (
	"sync"

	"apkaudit/internal/dex/callgraph"
	"apkaudit/internal/rules/framework"
)

// platform tells the call graph what the table of the Android framework knows.
type platform struct {
	*framework.Table
	handOffs []callgraph.HandOff
	users    []callgraph.Method
}

// newPlatform is the platform, read when the first app is looked at.
func newPlatform() func() callgraph.Platform {
	return sync.OnceValue(func() callgraph.Platform {
		t := framework.Load()
		p := &platform{Table: t}
		for _, h := range t.HandOffs() {
			if h.When == framework.OnUser {
				continue // what the user sets off is no hand-over
			}
			out := callgraph.HandOff{Class: h.Class, Name: h.Name, Type: h.Type}
			for _, r := range h.Runs {
				out.Runs = append(out.Runs, callgraph.Run(r))
			}
			p.handOffs = append(p.handOffs, out)
		}
		for _, a := range t.UserActions() {
			p.users = append(p.users, callgraph.Method{Class: a.Class, Name: a.Name})
		}
		return p
	})
}

func (p *platform) Runs(r callgraph.Run, name, params string) bool {
	return p.Table.Run(&framework.HandOff{Runs: []framework.Call{framework.Call(r)}}, name, "("+params+")")
}

func (p *platform) Callback(class, name, params string) bool {
	return p.Table.Callback(class, name, "("+params+")")
}

func (p *platform) HandOffs() []callgraph.HandOff   { return p.handOffs }
func (p *platform) UserActions() []callgraph.Method { return p.users }
