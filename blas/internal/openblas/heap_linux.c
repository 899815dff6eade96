//go:build openblas

#include <malloc.h>

/*
 * All threads share one heap. By default, glibc reserves 64 MB of addresses for the heap of each thread,
 * which under a limit of the address space are those that Go needs for its next thread, or it crashes.
 */
#ifdef M_ARENA_MAX
__attribute__((constructor)) static void share_heap(void) { mallopt(M_ARENA_MAX, 1); }
#endif
