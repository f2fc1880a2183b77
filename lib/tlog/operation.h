// operation - what an operator did to a hub: an entry of type `operator` says so.
//
//     dabyl-operator/v1
//     nonce <32 digits>
//     by <line>
//     uid <decimal>
//     act <word>
//     to <line>
//     reason <line>
//     result <line>
//
// `by` is the name that was given, `uid` who the system says it was; uid, to, reason and
// result are left out where there is none.  The name stands in the document alone, which
// can be erased; the nonce keeps it from being guessed afterwards out of the leaf.

#ifndef LIB_TLOG_OPERATION_H
#define LIB_TLOG_OPERATION_H

#include "lib/base/bytes.h"
#include "lib/base/cause.h"

enum { // bytes, with a zero
    OPERATION_BY_MAX = 96,
    OPERATION_WORD_MAX = 32,
    OPERATION_TO_MAX = 160,
    OPERATION_REASON_MAX = 512,
    OPERATION_RESULT_MAX = 256,
    OPERATION_NONCE = 16,
};

// "" where there is none.
typedef struct {
    char by[OPERATION_BY_MAX];
    bool has_uid;
    uint32_t uid;
    char act[OPERATION_WORD_MAX];
    char to[OPERATION_TO_MAX];
    char reason[OPERATION_REASON_MAX];
    char result[OPERATION_RESULT_MAX];
} operation_t;

// Whether it says who and what; -1 names the field that is none.
int operation_check(const operation_t *self, cause_t *why);
void operation_print(
    const operation_t *self, const uint8_t nonce[OPERATION_NONCE], buf_t *out);
int operation_parse(operation_t *self, span_t text, cause_t *why);

// The fields of a request to a daemon that say who asks, what for and why: the lines by,
// act, to and reason, in this order, each where there is one; `rest` is what follows.  A
// field that does not fit is refused, never cut.
int operation_take(operation_t *self, reader_t *rest, cause_t *why);
void operation_put(const operation_t *self, buf_t *out);

// Puts a name there that whoever has none goes by: "uid 1000".
void operation_name(operation_t *self);

#endif
