// standard - standard input, output and error of a program.
//
// A program that prints has not succeeded before its output was written without an error.
// And when it is started with one of the three closed, the next file it opens must not
// get that number, or it would print into the file.

#ifndef LIB_BASE_STANDARD_H
#define LIB_BASE_STANDARD_H

#include "lib/base/cause.h"

// First of all in main: whichever of the three is closed is kept from being given to a
// file.  Reading from it or printing to it then fails; what is written to standard error
// goes nowhere.
void standard_open(void);
// Whether all that was printed has left.
int standard_flush(cause_t *why);
// Last of all in main: the program's exit code, or 1 (and the reason on standard error)
// when something that was printed did not leave.  Only the code for wrong use stays.
int standard_end(const char *program, int code, int misuse);

#endif
