package text

// Dash returns the name of a character that looks like "-", such as "an en dash", or "" for
// any other character. Word processors and web pages make such characters of "-" and "--".
func Dash(r rune) string {
	switch r {
	case '\u2010':
		return "a hyphen of another kind"
	case '\u2011':
		return "a no-break hyphen"
	case '\u2012':
		return "a figure dash"
	case '–':
		return "an en dash"
	case '—':
		return "an em dash"
	case '\u2015':
		return "a horizontal bar"
	case '\u2212':
		return "a minus sign"
	}
	return ""
}
