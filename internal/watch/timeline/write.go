package timeline

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"strings"

	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
	"gonum.org/v1/plot/vg/vgsvg"

	"matpool/internal/base/file"
	"matpool/internal/status"
	"matpool/internal/watch/report"
)

// A Format is the format of a picture: the extension of its file.
type Format string

const (
	SVG Format = ".svg"
	PNG Format = ".png"
)

// FormatOf returns the format for a file's extension.
func FormatOf(name string) (Format, error) {
	switch f := Format(strings.ToLower(filepath.Ext(name))); f {
	case SVG, PNG:
		return f, nil
	}
	return "", fmt.Errorf("%s: the name of a picture must end in .svg or .png", name)
}

// dpi is the resolution of a PNG in dots per inch.
const dpi = 120

// Write writes the picture. Its bytes depend only on the log.
func (p *Picture) Write(w io.Writer, f Format) error {
	width, height := p.size()
	if f == PNG {
		c := vgimg.NewWith(vgimg.UseWH(width, height), vgimg.UseDPI(dpi))
		p.draw(draw.New(c))
		_, err := vgimg.PngCanvas{Canvas: c}.WriteTo(w)
		return err
	}
	c := vgsvg.New(width, height)
	p.draw(draw.New(c))
	var svg bytes.Buffer
	if _, err := c.WriteTo(&svg); err != nil {
		return err
	}
	// The file does not contain the font. The other fonts have letters of the same widths.
	_, err := w.Write(bytes.ReplaceAll(svg.Bytes(), []byte("font-family:Liberation Sans"), []byte("font-family:'Liberation Sans',Arial,Helvetica,sans-serif")))
	return err
}

// Drawing returns a function that writes the timeline of a report to a file, and replaces an existing one.
func Drawing(name string) (func(*report.Report) error, error) {
	format, err := FormatOf(name)
	if err != nil {
		return nil, err
	}
	return func(r *report.Report) error {
		return Save(r, name, func(w io.Writer) error {
			p, err := New(r)
			if err != nil {
				return err
			}
			return p.Write(w, format)
		})
	}, nil
}

// Save saves what is drawn of a report in a file, and replaces an existing one, but not a log.
func Save(r *report.Report, name string, draw func(w io.Writer) error) error {
	for _, log := range r.Names {
		if file.Same(log, name) {
			return status.UsageError(fmt.Errorf("%s: the output is the log %s", name, log), "choose another name")
		}
	}
	var content bytes.Buffer
	if err := draw(&content); err != nil {
		return err
	}
	f, err := file.Create(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return status.UsageError(err, "make the folder first")
	case errors.As(err, new(*file.TargetError)), errors.As(err, new(*file.NameError)):
		return status.UsageError(err, "")
	case err != nil:
		return err
	}
	defer f.Close()
	if _, err := content.WriteTo(f); err != nil {
		return err
	}
	return f.Commit(false)
}
