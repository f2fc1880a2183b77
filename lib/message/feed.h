// feed - what a node asks to read along: which messages it chooses, and the chain that
// counts them.
//
//     kind      one of these, at least one is named
//     level     this one or higher
//     sector, category, country, object, author    one of these
//
// Fields that a feed leaves out are free; of those it names all must fit.  What a message
// leaves out fits nothing that is asked of it.  Each message of a feed has a number, from
// 1, and a digest of the names of all up to it:
//
//     SHA-256("dabyl-feed/v1" LF node LF feed LF), and of each message
//     SHA-256(the digest before, 32 bytes, and author LF id LF)

#ifndef LIB_MESSAGE_FEED_H
#define LIB_MESSAGE_FEED_H

#include "lib/json/value.h"
#include "lib/message/routing.h"

typedef struct {
    feed_field_t field;
    char value[NODE_ID_MAX]; // of a level: a digit
} feed_test_t;

typedef struct {
    char name[FEED_NAME_MAX];
    int level; // as a test says; 0: of any level or none
    size_t n;
    feed_test_t *test; // owned; those of one field stand together
} feed_t;

// Of the body of a subscription that its schema has accepted; feed_close when done.
void feed_read(feed_t *self, const value_t *body);
// Of the lines of a record; false: it has none.
bool feed_of(feed_t *self, const routing_t *routing);
void feed_close(feed_t *self);
// The lines that say what it is.
void feed_record(const feed_t *self, routing_t *routing);
// The next value of this field, from 0 on; NULL after the last.
const char *feed_value(const feed_t *self, feed_field_t field, size_t *i);

// What feeds look at in a message.  All is borrowed.
typedef struct {
    const char *kind, *author;
    int level;                                // -1: it gives none
    const value_t *value[FEED_FIELDS], *more; // a text or many, or NULL; more objects
} feed_facts_t;

void feed_facts(
    feed_facts_t *self, const value_t *message, const char *kind, const char *author);
// Where a walk through a message's values of one field is.  Start with zeros.
typedef struct {
    unsigned part;
    const value_t *at;
} feed_walk_t;
const char *feed_fact(const feed_facts_t *self, feed_field_t field, feed_walk_t *walk);
// Whether the message is one of the feed.
bool feed_chooses(const feed_t *self, const feed_facts_t *facts);

void feed_begin(const char *node, const char *feed, hash_t *digest);
void feed_count(hash_t *digest, const char *author, const char *id);

#endif
