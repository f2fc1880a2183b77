// alarm - one thing that people are to be told, and how far that has come: a file below
// notices/ that says all of it, replaced at each step.
//
// Before somebody is told the file says that it is being tried: so after a crash it is
// tried again and says that it may come a second time.  Nothing is lost, and nothing
// comes twice in silence.

#ifndef NODES_NOTIFY_ALARM_H
#define NODES_NOTIFY_ALARM_H

#include "lib/message/document.h"
#include "nodes/notify/notify_conf.h"

#include <sys/types.h>

enum { ALARM_ID_MAX = 40 };

typedef enum { STEP_WAITS, STEP_TRYING, STEP_TOLD, STEP_GIVEN_UP } step_state_t;

// One recipient of it.
typedef struct {
    char name[NOTIFY_NAME_MAX];
    step_state_t state;
    int64_t due_ms;   // wall: not before, and when it is tried next
    int64_t begun_ms; // wall: the first attempt; 0: there was none
    int64_t attempts; // begun
    pid_t pid;        // of the one that is under way
    uint64_t born;    // that process's start, or 0
} step_t;

typedef struct {
    char id[ALARM_ID_MAX]; // also its file's name
    on_t on;
    uint64_t number; // of a message in the inbox; 0: it is about none
    char kind[KIND_MAX];
    int level; // -1: none
    bool exercise;
    reference_t message; // itself; author "": it is about none
    reference_t about;   // what it tells of, when it is a notice of the hub's
    int64_t at_ms;       // wall: noticed
    int64_t escalate_ms;
    bool over;   // answered, or what it was about has ended: nobody else is told
    bool unkept; // never in its file: a disk that is full, which is what it says
    size_t steps;
    step_t step[NOTIFY_TELLS];
} alarm_t;

// One that this rule makes now.
void alarm_begin(alarm_t *self, const notify_rule_t *rule, const char *id, int64_t at_ms);
int alarm_write(const alarm_t *self, const char *folder, cause_t *why);
int alarm_read(alarm_t *self, const char *folder, const char *id, cause_t *why);
int alarm_remove(const alarm_t *self, const char *folder, cause_t *why); // 0: it is gone
// Whoever is told may have been told before: it is tried again, or nobody wrote down what
// was done.
bool alarm_again(const alarm_t *self, const step_t *step);
// Nothing is left to be done by itself: each step is told or given up.
bool alarm_said(const alarm_t *self);
// How many recipients beyond the first were turned to for want of an answer.
size_t alarm_escalated(const alarm_t *self);

#endif
