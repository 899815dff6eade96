package condor

import "strings"

// QuoteArguments prints a program's arguments in HTCondor's new syntax, as they
// stand behind "arguments = ".
//
// Blanks separate arguments; what has Blanks stands in single quotes, and a single
// quote is doubled within them; a backslash is an ordinary character. The whole
// stands in double quotes, and a double quote is doubled. (HTCondor manual,
// condor_submit, "arguments"; condor_arglist.h.) Each argument is a template whose
// dollars are escaped. Line breaks and other control characters cannot be carried:
// the error is a [*QuoteError].
func QuoteArguments(args []Template) (string, error) {
	var b strings.Builder
	b.WriteByte('"')
	for i, arg := range args {
		if err := arg.Check(); err != nil {
			return "", err
		}
		if i > 0 {
			b.WriteByte(' ')
		}
		text := strings.ReplaceAll(arg.SubmitText(), `"`, `""`)
		if text == "" || strings.ContainsAny(text, Blanks+"'") {
			text = "'" + strings.ReplaceAll(text, "'", "''") + "'"
		}
		b.WriteString(text)
	}
	b.WriteByte('"')
	return b.String(), nil
}

// SplitArguments takes a line of arguments apart: Blanks separate them, single
// quotes hold Blanks together, and two of them within quotes are one. The line may
// stand in double quotes as a whole, as in a submit description, and then a double
// quote in it is doubled.
func SplitArguments(line string) ([]string, error) {
	text := strings.Trim(line, Blanks)
	if inner, ok := strings.CutPrefix(text, `"`); ok {
		offset := len(line) - 1
		inner, ok := strings.CutSuffix(inner, `"`)
		text = strings.ReplaceAll(inner, `""`, "\x00")
		if !ok || strings.Contains(text, `"`) {
			return nil, &QuoteError{line, offset, "double quotes stand around all the arguments or nowhere, and are doubled within; single quotes hold Blanks together"}
		}
		text = strings.ReplaceAll(text, "\x00", `"`)
	} else if i := strings.IndexByte(line, '"'); i >= 0 {
		return nil, &QuoteError{line, i, "single quotes hold Blanks together, not double quotes"}
	}
	var args []string
	arg, started, quoted := []byte(nil), false, false
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case c == '\'' && quoted && i+1 < len(text) && text[i+1] == '\'':
			arg = append(arg, c)
			i++
		case c == '\'':
			quoted, started = !quoted, true
		case !quoted && strings.IndexByte(Blanks, c) >= 0:
			if started {
				args, arg, started = append(args, string(arg)), nil, false
			}
		default:
			arg, started = append(arg, c), true
		}
	}
	if quoted {
		return nil, &QuoteError{line, strings.LastIndexByte(line, '\''), "a single quote is not closed"}
	}
	if started {
		args = append(args, string(arg))
	}
	return args, nil
}
