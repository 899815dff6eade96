// Package stripansi takes the place of github.com/acarl005/stripansi (go.mod replaces that), which compiles a
// regular expression before main begins: 0.06 ms, a fortieth of a short job of matprod, which draws no bars.
package stripansi

// Strip returns a text without a terminal's escape sequences, for github.com/vbauerster/mpb, which cuts text that
// is too long for the terminal. The texts of our bars have none.
func Strip(text string) string { return text }
