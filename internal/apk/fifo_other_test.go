//go:build !unix

package apk

import "errors"

func makeFIFO(string) error { return errors.New("no FIFOs here") }
