// notifier_state - the inside of the notifier, shared by notifier.c (its turn, its life),
// notifier_look.c (what is new, and who has answered) and notifier_tell.c (telling),
// nobody else.

#ifndef NODES_NOTIFY_NOTIFIER_STATE_H
#define NODES_NOTIFY_NOTIFIER_STATE_H

#include "lib/base/bytes.h"
#include "nodes/notify/alarm.h"
#include "nodes/notify/courier.h"
#include "nodes/notify/notifier.h"

typedef struct {
    char name[NOTIFY_NAME_MAX]; // whom it runs to; "": it is free
    char alarm[ALARM_ID_MAX];
    courier_t *courier;
} way_busy_t;

typedef struct {
    size_t told, given_up; // since the start
} told_t;

struct notifier {
    const notify_conf_t *conf;
    const char *node;       // id
    char home[PATH_MAX];    // the node's folder
    char folder[PATH_MAX];  // notices/
    char control[PATH_MAX]; // the daemon's socket
    int lock;
    uint64_t seen;     // numbers of the inbox that were looked at
    bool stuck;        // the disk took something not, and nothing since
    bool unkept, kept; // the same, in this turn
    alarm_t *alarm;
    size_t n, room;
    way_busy_t busy[NOTIFY_RECIPIENTS];
    int64_t look_at_ms, status_at_ms; // monotonic
    int64_t lost_ms;                  // monotonic: since when there is no session
    bool lost, short_of_disk;
    told_t counts;
    buf_t said; // the status that was written last
};

// notifier.c
void notifier_unkept(notifier_t *self, const cause_t *why); // the disk took it not
// True: it is on disk, or goes without, since it says that the disk is full.
bool notifier_keep(notifier_t *self, alarm_t *alarm);
alarm_t *notifier_find(notifier_t *self, const char *id);
// A new one: on disk first.  False: try again.
bool notifier_raise(notifier_t *self, alarm_t *alarm);
int notifier_write_seen(notifier_t *self, cause_t *why);

// notifier_look.c
void notifier_look_at_inbox(notifier_t *self, now_t now);
void notifier_look_at_node(notifier_t *self, now_t now);
void notifier_look_for_answer(notifier_t *self, alarm_t *alarm);

// notifier_tell.c: who is not told yet and whose time has come; how a courier is doing.
void notifier_tell(notifier_t *self, alarm_t *alarm, now_t now);
void notifier_look_after(notifier_t *self, way_busy_t *way, now_t now);

#endif
