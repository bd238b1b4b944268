package apk

import (
	"testing"

	"apkaudit/internal/apktest"
)

// FuzzNodes feeds the reader of other binary XML, which has no second reader to fall
// back on: parents stand before their children, and no more is kept than the limits
// allow.
func FuzzNodes(f *testing.F) {
	root := smallManifest()
	for _, d := range []apktest.Document{{}, {UTF8: true}, {BlankIDs: true}, {Count: apktest.U32(1 << 31)},
		{Before: apktest.Chunk(0x999, nil)}, {Middle: apktest.Chunk(0x105, nil)}, {Attrs: apktest.U16(0xffff)}, {PoolFlags: 2}} {
		f.Add(d.AXML(root))
	}
	f.Add(hugeStrings())
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > maxXMLBytes {
			t.Skip()
		}
		nodes, _ := parseNodes(data)
		if len(nodes) > maxXMLNodes {
			t.Fatalf("%d nodes", len(nodes))
		}
		for i, n := range nodes {
			if n.Parent >= i || n.Parent < -1 {
				t.Errorf("node %d has the parent %d", i, n.Parent)
			}
			if len(n.Text) > maxXMLText+len("…") {
				t.Errorf("node %d has %d bytes of text", i, len(n.Text))
			}
		}
	})
}
