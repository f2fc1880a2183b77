// node_asking - handing a request in at a hub, again and again, until the hub says what
// became of it.

#ifndef NODES_ADMIN_NODE_ASKING_H
#define NODES_ADMIN_NODE_ASKING_H

#include "lib/enrol/enrol.h"
#include "lib/net/tcp.h"
#include "nodes/cli/command.h"
#include "nodes/upkeep/digits.h"

#include <jansson.h>

typedef struct node_asking node_asking_t;

struct node_asking {
    const call_t *call;
    tcp_address_t hub;
    const enrol_t *request;
    int64_t wait_s;            // 0: ask once
    const digits_word_t *word; // what people say of the digits; NULL: there are none
    // Told once, as soon as the hub has answered: by now `answer` and `digits` are known.
    void (*tell)(const node_asking_t *self);

    json_t *answer; // the newest, or NULL
    char digits[FINGERPRINT_TEXT];
    bool told, silent_said;
};

typedef enum {
    ASKED_LATER,   // nothing yet; said again it goes on
    ASKED_DONE,    // it is certified, by `answer`
    ASKED_REFUSED, // by the hub's operator
    ASKED_NO,      // the hub takes no such request, or the digits are others
} asked_t;

// With the cause, but for ASKED_DONE.
asked_t node_asking_go(node_asking_t *self, cause_t *why);
void node_asking_close(node_asking_t *self);
// As a command ends that came to anything but ASKED_DONE: not certified yet, nobody
// answers, or a no.
done_t node_asking_unmet(const node_asking_t *self, asked_t asked, const cause_t *why);
// The hub's address: `named`, or (NULL) where nodes connect, at the port where newcomers
// ask.
int node_asking_find(
    tcp_address_t *hub, const char *named, const char *endpoint, cause_t *why);

#endif
