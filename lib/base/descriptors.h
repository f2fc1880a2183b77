// descriptors - whether as many can be had as somebody is about to need.
//
// ZeroMQ and CZMQ end the process where they get none, so it is asked before.

#ifndef LIB_BASE_DESCRIPTORS_H
#define LIB_BASE_DESCRIPTORS_H

#include "lib/base/cause.h"

#include <stddef.h>

enum { DESCRIPTORS_MOST = 64 };

// Whether `n` (at most DESCRIPTORS_MOST) can be opened now; none stays open.  -1: the
// system gives fewer, and why.
int descriptors_left(size_t n, cause_t *why);

#endif
