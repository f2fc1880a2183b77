// pio - reads and writes at an offset that are whole or have failed; errno says why.

#ifndef LIB_BASE_PIO_H
#define LIB_BASE_PIO_H

#include "lib/base/bytes.h"

#include <sys/types.h>

// How many bytes were read: less than `size` only at the end of the file.  -1 on failure.
ssize_t pio_read(int fd, void *data, size_t size, uint64_t offset);
// 0 when everything was written; -1 otherwise, and part of it may have been.
int pio_write(int fd, span_t data, uint64_t offset);
int pio_write_zeros(int fd, uint64_t offset, uint64_t size);

#endif
