// wanted - what an answer must say to meet a duty, as rules state it and as the duty's
// own entry carries it, so that nobody has to ask the rules later:
//
//     met_when = ( { field = "/body/state"; in = [ "done", "impossible" ]; } );
//     "met_when": [{"field": "/body/state", "in": ["done", "impossible"]}]
//
// One or two tests, each of a member of the body: for words (equals, in), or for whether
// it is true (is_true).

#ifndef LIB_RULES_WANTED_H
#define LIB_RULES_WANTED_H

#include "lib/config/settings.h"
#include "lib/json/value.h"
#include "lib/json/writer.h"

enum { WANTED_TESTS_MAX = 2, WANTED_WORDS_MAX = 4, WANTED_WORD_MAX = 32 };

typedef struct {
    char field[WANTED_WORD_MAX]; // of the body
    size_t words;                // 0: whether it is true
    char word[WANTED_WORDS_MAX][WANTED_WORD_MAX];
    bool truth; // what it must be then; false: it may be missing
} wanted_test_t;

// A plain value: duties are copied.
typedef struct {
    size_t n; // 0: whatever it says
    wanted_test_t test[WANTED_TESTS_MAX];
} wanted_t;

// The list at this key of a group.
int wanted_read(
    wanted_t *self, const settings_t *file, const config_setting_t *at, cause_t *why);
bool wanted_met(const wanted_t *self, const value_t *message);
bool wanted_same(const wanted_t *a, const wanted_t *b);
// The pointer of a test's field; `out` has room for WANTED_POINTER.
enum { WANTED_POINTER = WANTED_WORD_MAX + 6 };
void wanted_pointer(const wanted_test_t *test, char out[WANTED_POINTER]);
void wanted_write(const wanted_t *self, writer_t *to); // the tests, into an open array
bool wanted_take(wanted_t *self, const value_t *list); // what was written

#endif
