package check

import (
	"testing"

	"apkaudit/internal/audit"
)

func TestFill(t *testing.T) {
	words := map[string]audit.Text{
		"data":  {ZH: "剪贴板", EN: "Clipboard"},
		"id":    {ZH: "Android ID", EN: "Android ID"},
		"sites": {ZH: "12", EN: "12"},
		"quote": {ZH: "{data}", EN: "{data}"},
	}
	for _, c := range []struct{ template, zh, en string }{
		{"读取{data}的调用", "读取剪贴板的调用", "读取Clipboard的调用"},
		{"读取{id}的调用", "读取 Android ID 的调用", "读取Android ID的调用"},
		{"有{sites}处", "有 12 处", "有12处"},
		{"“{id}”，{id}。", "“Android ID”，Android ID。", "“Android ID”，Android ID。"},
		{"{id}{data}", "Android ID 剪贴板", "Android IDClipboard"},
		{"{quote}", "{data}", "{data}"},                  // a word is not filled again
		{"{other}", "{other}", "{other}"},                // no such word
		{"tail {", "tail {", "tail {"},                   // never closed
		{"SDK：{id}", "SDK：Android ID", "SDK：Android ID"}, // no space at punctuation
		{"", "", ""},
	} {
		got := fill(audit.Text{ZH: c.template, EN: c.template}, words)
		if got.ZH != c.zh || got.EN != c.en {
			t.Errorf("%q: got %q and %q, want %q and %q", c.template, got.ZH, got.EN, c.zh, c.en)
		}
	}
}
