package policy

import "context"

// Text returns the text that a reader of the document sees.
func (l Limits) Text(in Input) (string, error) {
	_, d, err := load(context.Background(), 0, in, &memory{}, l)
	if err != nil {
		return "", err
	}
	return d.text, nil
}
