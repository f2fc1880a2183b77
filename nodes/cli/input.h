// input - a document named on the command line: a file, or "-" for standard input.

#ifndef NODES_CLI_INPUT_H
#define NODES_CLI_INPUT_H

#include "lib/base/bytes.h"
#include "lib/base/cause.h"

enum { INPUT_SIZE_MAX = 64 * 1024 * 1024 };

int input_read(const char *name, buf_t *out, cause_t *why);

#endif
