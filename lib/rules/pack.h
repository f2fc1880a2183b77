// pack - what a rules file says of the act that its rules carry out:
//
//     pack = {
//         instrument = "488"; act = "resolution";
//         title = { kk = "..."; ru = "..."; en = "..."; };
//         number = "488"; date = "2018-08-09"; edition = "2022-10-26"; source = "...";
//         paragraphs = [ "1 to 23", "3.1 to 3.8", "8.1 to 8.11" ];
//         times = ( { paragraph = "15"; within = "24 h"; } );
//         says = ( { paragraph = "15"; kk = "..."; ru = "..."; en = "..."; } );
//         bodies = ( { role = "authority"; from = "2019-06-17"; until = "2025-09-18";
//                      kk = "..."; ru = "..."; en = "..."; } );
//     };
//
// `instrument` is the name by which citations call it; `act` ranks it; `edition` is the
// date as of which the text was read; `paragraphs` are those that there are, and with
// none (the text was not at hand) its rules can only be defaults; `times` are the ones
// that the text itself gives; `says` has paragraphs in a few words, and `bodies` by which
// name who plays a role has been called, from a day up to another.

#ifndef LIB_RULES_PACK_H
#define LIB_RULES_PACK_H

#include "lib/pki/cert.h"
#include "lib/rules/told.h"

enum {
    INSTRUMENT_MAX = 24,
    PARAGRAPH_MAX = 16,
    PACK_RANGES_MAX = 64,
    PACK_TIMES_MAX = 32,
    PACK_NUMBER_MAX = 48,
    PACK_SAYS_MAX = 512,
    PACK_BODIES_MAX = 128,
    PACK_WITHIN_MAX = 16,
    DATE_MAX = 11 // "2018-08-09"
};

// A higher act comes before a lower one.
typedef enum { ACT_LAW, ACT_DECREE, ACT_RESOLUTION, ACT_ORDER, ACT_LOCAL, ACTS } act_t;

// "8.3" to "8.11" (above 8, from 3 to 11), or "1" to "23" (above 0).
typedef struct {
    uint64_t above, first, last;
} range_t;

typedef struct {
    char paragraph[PARAGRAPH_MAX];
    char within[PACK_WITHIN_MAX]; // as it was written
    int64_t within_ms;
} lawful_time_t;

typedef struct {
    char paragraph[PARAGRAPH_MAX];
    told_t words;
} reminder_t;

typedef struct {
    char role[ROLE_MAX];
    char from[DATE_MAX], until[DATE_MAX]; // "": still
    told_t name;
} body_t;

typedef struct {
    char instrument[INSTRUMENT_MAX];
    act_t act;
    told_t title;
    char number[PACK_NUMBER_MAX], date[DATE_MAX], edition[DATE_MAX];
    char *source;
    size_t ranges, times;
    range_t range[PACK_RANGES_MAX];
    lawful_time_t time[PACK_TIMES_MAX];
    size_t reminders, bodies;
    reminder_t *reminder;
    body_t *body;
} pack_t;

// Read the group `pack` of a rules file.  NULL when it is wrong.
pack_t *pack_read(const settings_t *file, const config_setting_t *group, cause_t *why);
void pack_close(pack_t **self_p);
const char *act_name(act_t act);
// Whether "8.3" is a paragraph of it.
bool pack_has(const pack_t *self, span_t paragraph);
// "1 to 23, 3.1 to 3.8"; "" when it lists none.
void pack_print_paragraphs(const pack_t *self, buf_t *out);
// Whether one of the paragraphs that a rule of it cites gives this time.
bool pack_gives(const pack_t *self, const char *cites, int64_t within_ms);

// A paragraph in a few words; NULL where the pack has none for it.
const told_t *pack_says(const pack_t *self, const char *paragraph);
// Who has this role in the act on a day, such as "2026-11-22"; NULL where it says
// nothing.
const body_t *pack_body(const pack_t *self, const char *role, const char *day);

#endif
