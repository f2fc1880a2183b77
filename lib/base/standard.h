// standard - standard input, output and error of a program.
//
// What was printed counts as shown when it has left; nothing is printed into a file that
// happened to be given the number of a closed descriptor.

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
