module apkaudit

go 1.26.0

require (
	github.com/avast/apkparser v0.0.0-20260423123151-7fcaee440f68 // indirect
	github.com/avast/apkverifier v0.0.0-20260710162049-d0e1a791cd5a // indirect
	github.com/google/go-cmp v0.7.0 // indirect
	github.com/klauspost/compress v1.20.3 // indirect
	github.com/shogo82148/androidbinary v1.0.6 // indirect
	github.com/wlynxg/chardet v1.0.5 // indirect
	github.com/yuin/goldmark v1.8.7 // indirect
	go.yaml.in/yaml/v3 v3.0.6 // indirect
	golang.org/x/net v0.62.0 // indirect
	golang.org/x/text v0.43.0 // indirect
)
