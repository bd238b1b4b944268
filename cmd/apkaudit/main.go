package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
	"time"

	"golang.org/x/term"

	"apkaudit/internal/cli"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	go func() {
		<-ctx.Done()
		stop() // a second signal ends the program, whatever it waits for
	}()
	dir, _ := os.Getwd()
	width, _, _ := term.GetSize(int(os.Stdout.Fd()))
	errWidth, _, _ := term.GetSize(int(os.Stderr.Fd()))
	code := cli.Run(ctx, os.Args[1:], cli.System{
		Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, Getenv: os.Getenv, Dir: dir,
		StdoutTTY: term.IsTerminal(int(os.Stdout.Fd())), StderrTTY: term.IsTerminal(int(os.Stderr.Fd())), StdoutWidth: width, StderrWidth: errWidth, Now: time.Now,
	})
	stop()
	os.Exit(code)
}
