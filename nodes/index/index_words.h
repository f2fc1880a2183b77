// index_words - what of a message can be searched, and a question in the words that FTS5
// takes.

#ifndef NODES_INDEX_INDEX_WORDS_H
#define NODES_INDEX_INDEX_WORDS_H

#include "lib/base/bytes.h"

#include <jansson.h>

enum { INDEX_WORDS_MAX = 256 * 1024 }; // bytes of one message that are searched

// Every text in the message, one a line, appended to `out`; what it carries of another
// message as well.
void index_words_of(const json_t *root, buf_t *out);
// "сбой kz-04" becomes `"сбой"* "kz-04"*`: every word has to be there or to begin so, and
// nothing that people type is syntax.  False when there is nothing in it to look for.
bool index_words_asked(const char *typed, buf_t *out);

#endif
