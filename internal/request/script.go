package request

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"sync"

	"matpool/condor/jobfile"
	"matpool/internal/base/file"
	"matpool/internal/base/text"
	"matpool/internal/pair"
	"matpool/internal/status"
)

// A Script is a script of Python in whose place the jobs run matprod.
type Script struct {
	Line string // says what was decided; "" if the submission file names no script
	Dot  bool   // it multiplies with np.dot, which is np.matmul except for stacks
}

// Replaced decides whether matprod takes the place of python_script: it does if the script only loads the
// two inputs, multiplies them and saves the product. Otherwise the error says what to write instead.
//
// The decision is about what the script does: comments, blanks, the names of variables, and whether values
// have names at all make no difference. Anything else in it, such as a print, is a reason to refuse.
func Replaced(submission string, q *jobfile.Request) (script Script, err error) {
	if q.Script == "" {
		return Script{}, nil
	}
	refuse := func(why error) (Script, error) {
		return Script{}, status.DataError(fmt.Errorf("%s: python_script: %s %w", submission, q.Script, why), jobfile.InsteadOfScript(q.Script))
	}
	s, err := readScript(q.Script)
	if errors.Is(err, fs.ErrNotExist) {
		return Script{}, status.DataError(fmt.Errorf("%s: python_script: %s: no such file", submission, q.Script), "put the script here, or write executable = matprod instead, if the jobs only make products")
	}
	if err != nil {
		return refuse(err)
	}
	if !q.Matprod {
		return refuse(fmt.Errorf("saves %s·%s as %s, but this file does not have two inputs and one output", s.a, s.b, s.c))
	}
	p, err := pair.Requested(q)
	if err != nil {
		return Script{}, status.DataError(fmt.Errorf("%s: %w", submission, err), "")
	}
	if p.Form != pair.Plain || p.Random != nil {
		return refuse(errors.New("makes A·B, but transpose, gram or inputs here ask for another product"))
	}
	wanted := scriptProduct{path.Base(p.A), path.Base(p.B), path.Base(append(slices.Clone(q.IndexedOutputs), file.Product)[0]), s.dot}
	if s != wanted {
		return refuse(fmt.Errorf("saves %s·%s as %s, but the inputs and the output here are %s, %s and %s", s.a, s.b, s.c, wanted.a, wanted.b, wanted.c))
	}
	return Script{fmt.Sprintf("%s: saves %s·%s as %s: matprod does this, without Python", q.Script, s.a, s.b, s.c), s.dot}, nil
}

// A scriptProduct is what a script does that multiplies two files.
type scriptProduct struct {
	a, b, c string
	dot     bool
}

// readScript returns what a script does. The error completes a sentence that begins with its name.
func readScript(name string) (s scriptProduct, err error) {
	f, err := os.Open(name)
	if err != nil {
		return s, fmt.Errorf("cannot be read: %w", file.Cause(err))
	}
	defer f.Close()
	source, err := io.ReadAll(io.LimitReader(f, jobfile.MaxSize))
	if err != nil {
		return s, fmt.Errorf("cannot be read: %w", file.Cause(err))
	}
	r := scriptReader{tokens: tokenize(string(source)), values: map[string]value{}}
	for len(r.tokens) > 0 {
		line := r.tokens[0].line
		if !r.statement() {
			line := strings.TrimSpace(strings.Split(string(source), "\n")[line-1])
			return s, fmt.Errorf("may do more than multiply two files: %s", text.Clip(line))
		}
	}
	if r.saved.c == "" || r.loads != 2 {
		return s, errors.New("does not load two files and save their product")
	}
	return r.saved, nil
}

// A scriptToken is a text in quotes, a name, a sign, or the end of a statement, "\n".
type scriptToken struct {
	text string
	line int
}

// scriptTokens matches the parts of a script: comments and blanks, texts, names, and anything else.
var scriptTokens = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`#[^\n]*|[ \t\r\f]+|"""[^\\]*?"""|'''[^\\]*?'''|"[^"\\\n]*"|'[^'\\\n]*'|[A-Za-z_]\w*|\n|.`)
})

// tokenize splits a script. Within parentheses, the ends of lines are blanks. A line that is indented
// begins with a blank as a token, which no statement does.
func tokenize(source string) (tokens []scriptToken) {
	depth, line, begins := 0, 1, true
	var indent []scriptToken
	for _, t := range scriptTokens().FindAllString(strings.TrimPrefix(source, "\ufeff")+"\n", -1) {
		switch {
		case t == "\n" && depth == 0:
			if !begins {
				tokens = append(tokens, scriptToken{t, line})
			}
			begins, indent = true, nil
		case t[0] == '#', t == "\n":
		case strings.TrimSpace(t) == "":
			if begins {
				indent = []scriptToken{{" ", line}}
			}
		default:
			tokens = append(append(tokens, indent...), scriptToken{t, line})
			begins, indent = false, nil
			switch t {
			case "(":
				depth++
			case ")":
				depth--
			}
		}
		line += strings.Count(t, "\n")
	}
	return tokens
}

// A value is what a name or an expression stands for. One field is set, or for a product two.
type value struct {
	numpy  bool
	text   string
	array  string // the file
	factor string // with array: the first factor's file
	dot    bool
}

// A scriptReader follows a script statement by statement.
type scriptReader struct {
	tokens []scriptToken
	values map[string]value
	loads  int
	saved  scriptProduct
}

// next returns the text of the next token, or "".
func (r *scriptReader) next() string {
	if len(r.tokens) == 0 {
		return ""
	}
	return r.tokens[0].text
}

// take takes the next token if it is this one.
func (r *scriptReader) take(text string) bool {
	if r.next() != text {
		return false
	}
	r.tokens = r.tokens[1:]
	return true
}

// name takes the next token if it is a name.
func (r *scriptReader) name() (name string, ok bool) {
	name = r.next()
	ok = name != "" && (name[0] == '_' || name[0]|0x20 >= 'a' && name[0]|0x20 <= 'z')
	return name, ok && r.take(name)
}

// literal takes the next token if it is a text in quotes.
func (r *scriptReader) literal() (text string, ok bool) {
	t := r.next()
	for _, quote := range []string{`"""`, "'''", `"`, "'"} {
		if inner, ok := strings.CutPrefix(t, quote); ok && len(t) >= 2*len(quote) {
			return strings.TrimSuffix(inner, quote), r.take(t)
		}
	}
	return "", false
}

// statement follows an import of numpy, an assignment, a save of a product, or a text, which is a
// comment. It returns false for any other.
func (r *scriptReader) statement() bool {
	if r.saved.c != "" { // another save, or a load of what was saved
		_, ok := r.literal()
		return ok && r.take("\n")
	}
	if r.take("import") {
		name, ok := r.name()
		as := name
		if r.take("as") {
			as, ok = r.name()
		}
		r.values[as] = value{numpy: true}
		return ok && name == "numpy" && r.take("\n")
	}
	if _, ok := r.literal(); ok {
		return r.take("\n")
	}
	if len(r.tokens) > 1 && r.tokens[1].text == "=" {
		name, ok := r.name()
		r.take("=")
		v, known := r.expression()
		r.values[name] = v
		return ok && known && r.take("\n")
	}
	function, ok := r.function()
	if !ok || function != "save" {
		return false
	}
	name, ok1 := r.expression()
	comma := r.take(",")
	product, ok2 := r.expression()
	if !ok1 || !ok2 || !comma || name.text == "" || product.factor == "" {
		return false
	}
	r.saved = scriptProduct{product.factor, product.array, name.text, product.dot}
	if !strings.HasSuffix(name.text, ".npy") { // as np.save
		r.saved.c += ".npy"
	}
	return r.take(")") && r.take("\n")
}

// function takes the beginning of a call of one of numpy's functions, up to the parenthesis.
func (r *scriptReader) function() (name string, ok bool) {
	module, ok := r.name()
	if !ok || !r.values[module].numpy || !r.take(".") {
		return "", false
	}
	name, ok = r.name()
	return name, ok && r.take("(")
}

// expression follows an expression, a factor or a product of two.
func (r *scriptReader) expression() (v value, ok bool) {
	v, ok = r.factor()
	if ok && r.take("@") {
		b, known := r.factor()
		return product(v, b, known)
	}
	return v, ok
}

// product returns the product of two arrays that were loaded.
func product(a, b value, ok bool) (value, bool) {
	return value{array: b.array, factor: a.array}, ok && a.array != "" && b.array != "" && a.factor == "" && b.factor == ""
}

// factor follows a text, a variable, an expression in parentheses, or a call of load, matmul or dot.
func (r *scriptReader) factor() (v value, ok bool) {
	if text, ok := r.literal(); ok {
		return value{text: text}, true
	}
	if r.take("(") {
		v, ok = r.expression()
		return v, ok && r.take(")")
	}
	if len(r.tokens) > 1 && r.tokens[1].text != "." {
		name, _ := r.name()
		v, ok = r.values[name]
		return v, ok && !v.numpy
	}
	function, ok := r.function()
	if !ok {
		return v, false
	}
	v, ok = r.expression()
	switch function {
	case "load":
		r.loads++
		return value{array: v.text}, ok && v.text != "" && r.take(")")
	case "matmul", "dot":
		comma := r.take(",")
		b, known := r.expression()
		v, ok = product(v, b, ok && comma && known)
		v.dot = function == "dot"
		return v, ok && r.take(")")
	}
	return v, false
}
