package cli

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"

	"apkaudit/internal/bounded"
)

// noDate is how the renderer prints the date that it was not given. A page is
// of a version, not of a day: a date would differ from build to build.
const noDate = `"Jan 0001"`

func (a *app) manCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "man [DIR]",
		Short: "Print the manual page, or write those of all commands",
		Long: `Print the manual page apkaudit(1). With a directory, write the page of every
command there, as packagers and "man" want them. The same version writes the same
bytes, whatever the language, the configuration and the day.`,
		Example: `  apkaudit man | man -l -
  apkaudit man /usr/local/share/man/man1`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			// A tree of its own: defaults that follow the environment stay out.
			root := (&app{sys: System{Getenv: func(string) string { return "" }}}).root()
			root.InitDefaultVersionFlag()
			if len(args) == 0 {
				page, err := manPage(root)
				if err != nil {
					return err
				}
				_, err = a.sys.Stdout.Write(page)
				return err
			}
			if err := os.MkdirAll(args[0], 0o755); err != nil {
				return fmt.Errorf("%s: cannot be created: %w; check the path", args[0], bounded.Cause(err))
			}
			return writeManPages(root, args[0])
		},
	}
}

// writeManPages writes the pages of a command and of all below it.
func writeManPages(cmd *cobra.Command, dir string) error {
	page, err := manPage(cmd)
	if err != nil {
		return err
	}
	file := filepath.Join(dir, strings.ReplaceAll(cmd.CommandPath(), " ", "-")+".1")
	if err := os.WriteFile(file, page, 0o644); err != nil {
		return fmt.Errorf("%s: cannot be written: %w; check the directory", file, bounded.Cause(err))
	}
	for _, sub := range cmd.Commands() {
		if !sub.IsAvailableCommand() {
			continue
		}
		if err := writeManPages(sub, dir); err != nil {
			return err
		}
	}
	return nil
}

// manPage renders the page of one command in section 1, as roff.
func manPage(cmd *cobra.Command) ([]byte, error) {
	cmd.DisableAutoGenTag = true
	var b bytes.Buffer
	header := &doc.GenManHeader{Section: "1", Date: &time.Time{}, Source: "apkaudit " + Version, Manual: "apkaudit manual"}
	if err := doc.GenMan(cmd, header, &b); err != nil {
		return nil, fmt.Errorf("manual page of %s: %w", cmd.CommandPath(), err)
	}
	return bytes.Replace(b.Bytes(), []byte(noDate), []byte(`""`), 1), nil
}
