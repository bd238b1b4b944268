package audit

import (
	"strconv"
	"strings"
)

// DurationDays is how many calendar days a Topic's duration lasts, for
// comparison: seven for five working days, thirty for a month, at least one.
// What is no duration gives 0.
func DurationDays(value string) int {
	number, unit, _ := strings.Cut(value, " ")
	n, err := strconv.Atoi(number)
	if err != nil || n <= 0 || n > 100_000 {
		return 0
	}
	switch unit {
	case "hours":
		return max(n/24, 1)
	case "days":
		return n
	case "working_days":
		return max(n*7/5, 1)
	case "weeks":
		return n * 7
	case "months":
		return n * 30
	case "years":
		return n * 365
	}
	return 0
}
