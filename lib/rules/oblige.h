// oblige - what a rule asks of somebody in answer to a message, and within how long:
//
//     { duty = "suspension.prosecutor"; debtor = "author"; towards = "role:prosecutor";
//       met_by = "delivery"; from = "/body/suspended_at"; within = "24 h"; near = "4 h";
//       tell = [ "role:nccis" ]; }
//
// `debtor` owes, `towards` is owed: each of the ones against each of the others.
// `met_by` is a kind of message that names this one in `re`, or in what `refers` says
// ("incident", "any" of the two); "delivery": the signed acknowledgement of those
// `towards` whom it is owed that they have this message; or "acceptance": this very
// message, which then is in time or late.  Of a kind whose messages answer in various
// ways, `met_when` says which count; with `interim = true` those that do not are news of
// it, which stays open.  Of what delivery meets, `attested_by` is a kind by which the
// debtor says that it gave notice otherwise.  `withdrawal = "stays"` keeps it owed though
// the message is taken back; else it ends with that ("ends").  `from` is "accepted" or a
// JSON pointer to a moment in the message.  With `until`, a JSON pointer too, the message
// may say itself by when: `within` is for one that does not, `bound` the longest that it
// may give, and `extends = true` lets its author give more time later, within that.  A
// time that the plan does not give has `default = true`.

#ifndef LIB_RULES_OBLIGE_H
#define LIB_RULES_OBLIGE_H

#include "lib/message/routing.h"
#include "lib/rules/condition.h"
#include "lib/rules/pack.h"
#include "lib/rules/target.h"
#include "lib/rules/wanted.h"
#include "lib/tlog/leaf.h"

enum { DUTY_NAME_MAX = 64, OBLIGE_TELL_MAX = 4 };

typedef enum { MET_BY_KIND, MET_BY_DELIVERY, MET_BY_ACCEPTANCE } met_by_t;

typedef struct {
    char duty[DUTY_NAME_MAX];
    target_t debtor;
    bool has_towards;
    target_t towards;
    met_by_t met_by;
    char kind[KIND_MAX]; // MET_BY_KIND
    refer_t refers;      // by which field it names the message; REFERS: re or incident
    wanted_t met_when;   // of that kind
    bool interim;        // of that kind, one that does not meet it is kept as a report
    char attested_by[KIND_MAX]; // MET_BY_DELIVERY: so is notice given otherwise; "": none
    char from[POINTER_MAX];     // "": from acceptance
    int64_t within_ms;
    int64_t near_ms; // before the end; 0: nobody is warned
    // To a moment in the message that ends the time in the place of `within`; "": none.
    char until[POINTER_MAX];
    int64_t bound_ms; // the longest that this may be, from when it was first asked
    bool extends;     // the message's author may make it longer by a correction
    size_t tells;
    target_t tell[OBLIGE_TELL_MAX]; // beside the debtor
    bool by_default;                // the time is not the plan's
    bool stays; // though the message, or what it is derived from, is taken back
    unsigned line;
} oblige_t;

// `cites` is the rule's, and the pack says which of its paragraphs give a time.
int oblige_read(oblige_t *self, const pack_t *pack, const char *cites,
    const settings_t *file, const config_setting_t *group, cause_t *why);
// "24 h": a whole number and a unit, s, min, h or d.  False when it is no such text.
bool duration_parse(const char *text, int64_t *ms);

#endif
