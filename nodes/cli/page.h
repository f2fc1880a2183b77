// page - what a terminal is given: lines that wrap between words at its width, and what
// is longer than the screen by way of a pager.
//
// Nothing of this happens where no terminal is: a pipe or a file has the lines as they
// are.

#ifndef NODES_CLI_PAGE_H
#define NODES_CLI_PAGE_H

#include <stdbool.h>
#include <stdio.h>

// From now on standard output and standard error wrap their lines, each if it is a
// terminal.  A line goes on below where its last column began.
void page_wrap(void);
// The end of what is said on standard error; standard output is closed by whoever ends
// the program (lib/base/standard.h).
void page_end(void);
// What follows may be long: it goes through DABYL_PAGER, PAGER or less, if standard
// output and input are terminals and there is such a program.  "" and "cat" are none.
// standard_end waits until the reader has seen enough.
void page_long(void);
// That this stream is a terminal, whether it wraps or not.
bool page_terminal(FILE *stream);

// A text of paragraphs: on a terminal its lines run on, so that they fill whatever width
// there is; a blank line ends a paragraph, and a line that begins with a blank stands
// alone.
void page_paragraphs(FILE *out, const char *text);

// For tests: what a terminal is given; a stream that writes to `fd` lines of so many
// columns.
void page_run_on(FILE *out, const char *text);
FILE *page_stream(int fd, unsigned columns);

#endif
