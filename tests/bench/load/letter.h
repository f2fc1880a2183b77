// letter - the messages of a load: 700 octets each, as like as messages of one kind are.

#ifndef TESTS_BENCH_LOAD_LETTER_H
#define TESTS_BENCH_LOAD_LETTER_H

#include "lib/base/bytes.h"

enum { LETTER_ID = 37, LETTER_ROOM = 1024 };

typedef struct {
    char text[LETTER_ROOM];
    size_t size;
    char *id, *sent, *nonce; // where in the text
} letter_t;

// False: there is no such kind here, or it does not fit.
bool letter_begin(letter_t *self, const char *kind, const char *from, size_t size);
// The text is then message `number`; its id is also in `id`.  Borrowed until the next.
span_t letter_write(letter_t *self, uint64_t number, int64_t wall_ms, char id[LETTER_ID]);
uint64_t letter_number(const char *id); // of the message with this id

#endif
