package condor

import "strings"

// QuoteArguments returns a program's arguments in HTCondor's new syntax, the value of
// "arguments" in a submit description.
//
// Blanks separate arguments. Single quotes enclose an argument with blanks, and a single
// quote inside them is doubled; a backslash is an ordinary character. Double quotes enclose
// all the arguments, and a double quote inside them is doubled (HTCondor manual,
// condor_submit, "arguments"; condor_arglist.h). Dollar signs are escaped. The error is a
// [*QuoteError], for control characters and unknown macros.
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

// SplitArguments splits a line of arguments at blanks. Single quotes keep blanks in an
// argument, and a doubled single quote inside them stands for one. Double quotes may
// enclose the whole line, as in a submit description; a double quote inside them is
// doubled. The error is a [*QuoteError].
func SplitArguments(line string) ([]string, error) {
	text := strings.Trim(line, Blanks)
	if inner, ok := strings.CutPrefix(text, `"`); ok {
		offset := len(line) - 1
		inner, ok := strings.CutSuffix(inner, `"`)
		text = strings.ReplaceAll(inner, `""`, "\x00")
		if !ok || strings.Contains(text, `"`) {
			return nil, &QuoteError{line, offset, "double quotes must enclose all the arguments or none, and be doubled inside; put single quotes around an argument with blanks"}
		}
		text = strings.ReplaceAll(text, "\x00", `"`)
	} else if i := strings.IndexByte(line, '"'); i >= 0 {
		return nil, &QuoteError{line, i, "use single quotes, not double quotes, around an argument with blanks"}
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
