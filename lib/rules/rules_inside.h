// rules_inside - what rules.c (deciding), rules_read.c (files) and rules_whole.c (what
// only all packs together show) share.  Nobody else includes this.

#ifndef LIB_RULES_RULES_INSIDE_H
#define LIB_RULES_RULES_INSIDE_H

#include "lib/rules/packset.h"
#include "lib/rules/rules.h"

typedef struct {
    const char *name;     // borrowed from the rules
    size_t first, end;    // its rules
    uint32_t roles;       // who may publish it by any of them
    uint32_t subscribers; // and who may read it along
    bool attests;         // whether it meets duties that notice meets (oblige.h)
} kind_t;

// A file as it was read; `pack` is NULL for as long as it was not.
typedef struct {
    char *path; // for complaints, and to find its seal
    char file[PACK_FILE_MAX];
    pack_t *pack;
    settings_t settings;
    bool open;          // `settings` must be closed
    size_t begin, size; // of its bytes: within `bytes` while reading, then within `text`
} part_t;

struct rules {
    size_t n, room;
    rule_t *rule; // sorted by kind, and by pack and line within a kind
    size_t kinds;
    kind_t *kind; // sorted by name
    size_t parts;
    part_t *part; // the highest act first
    buf_t text;   // as packset.h says
};

// NULL for a kind that no rule is about.
const kind_t *rules_kind(const rules_t *self, const char *name);
// Sort the rules by kind, when all are in.
void rules_index(rules_t *self);
// What can only be checked when all rules are in and sorted.
int rules_check_whole(const rules_t *self, cause_t *why);

#endif
