package blas

import (
	"context"
	"runtime"
	"runtime/debug"
	"unsafe"
)

// A watched is a product's context, which ends with a factor's error if the factor's memory is
// lost: see [Factor].
type watched struct {
	context.Context
	stop    context.CancelCauseFunc // or nil
	factors []Factor                // whose memory can be lost
}

// watch returns the context of a product, whose end is to be called.
func watch(ctx context.Context, factors ...Factor) *watched {
	w := &watched{Context: ctx}
	for _, f := range factors {
		if f.Lost != nil {
			w.factors = append(w.factors, f)
		}
	}
	if w.factors != nil {
		w.Context, w.stop = context.WithCancelCause(ctx)
	}
	return w
}

func (w *watched) end() {
	if w.stop != nil {
		w.stop(nil)
	}
}

// read calls do, which reads the factors in this goroutine. If memory is lost, do ends there,
// and so does the context.
func (w *watched) read(do func()) {
	if w.stop == nil {
		do()
		return
	}
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if fault := recover(); fault != nil {
			w.stop(w.lost(fault))
		}
	}()
	do()
}

// lost returns the error of the factor that a fault is in. It panics with any other fault.
func (w *watched) lost(fault any) error {
	if at, ok := fault.(interface {
		runtime.Error
		Addr() uintptr
	}); ok {
		for _, f := range w.factors {
			if first := uintptr(unsafe.Pointer(unsafe.SliceData(f.Data))); at.Addr()-first < uintptr(len(f.Data)) {
				return f.Lost()
			}
		}
	}
	panic(fault)
}
