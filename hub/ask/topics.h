// topics - what can be asked, and how an answer is made; only this room's.
//
// Each topic is two functions: one begins an answer, or refuses it; the other goes a step
// further.  Whichever finds nothing more to do has written the whole answer.

#ifndef HUB_ASK_TOPICS_H
#define HUB_ASK_TOPICS_H

#include "hub/ask/directory.h"
#include "hub/ask/questions.h"
#include "hub/ask/timeline.h"
#include "lib/json/writer.h"

typedef struct topic topic_t;
typedef struct erasures_walk erasures_walk_t; // of topic_erasures.c

enum { LAW_PARTS_MAX = 2 }; // schemas, rules

// What a node said last about a message that it had.
typedef struct {
    char node[NODE_ID_MAX];
    buf_t said; // JSON
} said_t;

struct asking {
    question_t question; // borrows
    bool begun;
    const topic_t *topic;
    value_t *arguments;
    buf_t answer;      // as far as it is made
    writer_t to;       // that writes it
    refusal_t refusal; // instead of it, when it has a code
    uint64_t work;     // that the steps before have cost
    // Where the topic's walk is.
    reference_t message;
    leaf_t leaf;
    routing_t routing;
    size_t answers, answers_room;
    said_t *by_node; // by name: each node's newest answer
    thread_walk_t walk_of_answers;
    bool listing; // what stands before the list is written
    size_t at;
    duty_walk_t walk;
    duty_cursor_t duties;
    bool more;
    buf_t list; // what is counted before it is said how much there is
    writer_t to_list;
    timeline_walk_t *timeline;
    size_t parts; // of the law, by position
    uint64_t part[LAW_PARTS_MAX];
    directory_walk_t *directory;
    erasures_walk_t *erasures;
};

typedef enum { FOR_ALL, FOR_NCCIS } topic_for_t;

// Implemented once for each topic: see the table in topics.c.
struct topic {
    const char *name;
    topic_for_t audience;
    // False where there is nothing more to do: it is refused, or answered.
    bool (*begin)(const questions_t *self, const char *asker, asking_t *asking);
    // True when there is more to do; NULL: there never is.
    bool (*step)(const questions_t *self, const char *asker, asking_t *asking);
};

// NULL: there is none, as far as the asker is to know.
const topic_t *topic_named(const questions_t *self, const char *asker, span_t name);

// What several topics need.
bool topic_is_nccis(const questions_t *self, const char *asker);
// The message that the arguments name by {"author", "id"}; else false, and which of them
// is missing.
bool topic_message(asking_t *asking, const char **missing);
bool topic_routing(const questions_t *self, asking_t *asking); // its record

// Of messages: topic_messages.c.
bool topic_withdrawal(const questions_t *self, const char *asker, asking_t *asking);
bool topic_withdrawal_step(const questions_t *self, const char *asker, asking_t *asking);
bool topic_attachments(const questions_t *self, const char *asker, asking_t *asking);
bool topic_attachments_step(const questions_t *self, const char *asker, asking_t *asking);
// Of response plans: topic_plans.c.
bool topic_plans(const questions_t *self, const char *asker, asking_t *asking);
bool topic_plans_step(const questions_t *self, const char *asker, asking_t *asking);
// The law in force: topic_law.c.
bool topic_law(const questions_t *self, const char *asker, asking_t *asking);
bool topic_law_step(const questions_t *self, const char *asker, asking_t *asking);
// Of nodes and how they are: topic_nodes.c.
bool topic_nodes(const questions_t *self, const char *asker, asking_t *asking);
bool topic_nodes_step(const questions_t *self, const char *asker, asking_t *asking);
// Whom to believe: topic_trust.c.
bool topic_trust(const questions_t *self, const char *asker, asking_t *asking);
// Of what was erased by law: topic_erasures.c.
bool topic_erasures(const questions_t *self, const char *asker, asking_t *asking);
bool topic_erasures_step(const questions_t *self, const char *asker, asking_t *asking);
void erasures_drop(erasures_walk_t **walk_p);
// Of feeds: topic_feeds.c.
bool topic_feeds(const questions_t *self, const char *asker, asking_t *asking);
// Of duties: topic_duties.c.
bool topic_duties(const questions_t *self, const char *asker, asking_t *asking);
bool topic_duties_step(const questions_t *self, const char *asker, asking_t *asking);
bool topic_incident(const questions_t *self, const char *asker, asking_t *asking);
bool topic_incident_step(const questions_t *self, const char *asker, asking_t *asking);

#endif
