// announced - what the hub has said of a backlog and not delivered yet: state/ahead.
//
// A line each, by number, and then how many more there are:
//
//     <number> <level, or 0> <when a duty is due, or -> <"real" or "exercise">
//     more <count>
//
// It holds for the session in which it was said: the next one begins without it.

#ifndef NODES_INBOX_ANNOUNCED_H
#define NODES_INBOX_ANNOUNCED_H

#include "lib/message/frame.h"

int announced_write(const char *node, const ahead_t *ahead, cause_t *why);
int announced_clear(const char *node, cause_t *why);
// What is behind number `stored`; nothing when there is no such file, or none of ours.
void announced_read(const char *node, uint64_t stored, ahead_t *ahead);

// What a line has room for: of real messages, and how many more are of exercises.
typedef struct {
    size_t numbers;   // all of them
    size_t exercises; // of these
    uint8_t level;    // the highest of a real one; 0: none
    bool owed;        // by a real one, and the first of them is due at:
    int64_t due_ms;
} announced_t;
announced_t announced_sum(const ahead_t *ahead);

#endif
