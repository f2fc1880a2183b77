// notify_conf - whom the notices of a node leave to, on what, and in which order:
// notify.conf in the node's folder (dabyl-notify(8)).

#ifndef NODES_NOTIFY_NOTIFY_CONF_H
#define NODES_NOTIFY_NOTIFY_CONF_H

#include "lib/base/cause.h"

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    NOTIFY_NAME_MAX = 32,
    NOTIFY_TO_MAX = 1024,
    NOTIFY_RECIPIENTS = 64,
    NOTIFY_RULES = 64,
    NOTIFY_TELLS = 16,
    NOTIFY_KINDS = 32
};

typedef enum { WAY_MAIL, WAY_WEBHOOK, WAY_COMMAND, WAYS } way_t;

typedef struct {
    char name[NOTIFY_NAME_MAX]; // a word, also the name of a file
    way_t way;
    char to[NOTIFY_TO_MAX]; // an address, an URL, a program's path
    // The highest marking (a tlp_t) of which more than kind, level and number leaves this
    // way; -1: of none.
    int content;
} recipient_t;

typedef enum { ON_MESSAGE, ON_NEAR, ON_OVERDUE, ON_DISCONNECTED, ON_DISK, ONS } on_t;
extern const char *const notify_ons[ONS]; // "message", "duty-near", ...

typedef struct {
    on_t on;
    int level; // of a message: from here on; 0: of any, also of none
    size_t kinds;
    char *kind[NOTIFY_KINDS]; // of a message; none: any
    bool exercises;           // also what is only practised
    size_t tells;
    char tell[NOTIFY_TELLS][NOTIFY_NAME_MAX];
    int64_t escalate_ms; // until the next of them is told; 0: all at once
} notify_rule_t;

typedef struct {
    char language[8];
    char from[NOTIFY_TO_MAX];
    char sendmail[PATH_MAX], curl[PATH_MAX];
    int64_t timeout_ms;      // of one attempt
    int64_t pause_ms;        // before the second one, doubled each time
    int64_t try_ms;          // for so long each recipient is tried
    int64_t keep_ms;         // what nobody answers is forgotten after this
    int64_t disconnected_ms; // before that counts
    int64_t disk_percent;    // of the disk that are free at least
    size_t recipients;
    recipient_t recipient[NOTIFY_RECIPIENTS];
    size_t rules;
    notify_rule_t rule[NOTIFY_RULES];
} notify_conf_t;

// Unknown keys, recipients that are not there and ways that cannot be are refused with
// file and line.  On failure nothing is left to free.
int notify_conf_read(const char *path, notify_conf_t *conf, cause_t *why);
void notify_conf_free(notify_conf_t *conf);
const recipient_t *notify_conf_recipient(const notify_conf_t *conf, const char *name);

#endif
