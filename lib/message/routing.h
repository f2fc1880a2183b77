// routing - the routing record: who gets a message, by which rule and which paragraph.
//
//     dabyl-routing/v1
//     nonce <32 hex digits>
//     rules <position of the rules entry in force>
//     deliver <node id> <rule id> <tell> <cites>
//     withhold <node id> <rule id> <tell> <code> <cites>
//     emit <kind> <message id> <rule id> <tell> <cites>
//     remark <code> <tell>
//     refers <field> <author> <message id>
//     exercise <act> <name>
//     attachment <hex SHA-256> <size>
//     cause <author> <message id>
//     carries <node id> <author> <message id>
//     omits <node id> <code> <how many>
//     joins <author> <message id> <node id>
//     leaves <author> <message id> <node id>
//     absent <role> <rule id> <tell> <cites>
//     delegates <office> <territory> <officer's id> <from> <until>
//     acts <office> <territory> <officer's id> <author> <message id>
//     level <number>
//     by-subscription <node id> <rule id> <tell> <cites>
//     subscribers <number> <tell>
//     feed <node id> <feed> <count> <hex digest>
//     subscribes <feed> <field> <value>
//     unsubscribes <feed>
//     expires <moment>
//     unreached <node id>
//
// The lines after `rules` come in any number and in the order the rules yielded them.
// `tell` is `sender` or `none`: whether the author learns of the line.  `cites` is the
// rest of the line ("8.3, 10").  A `refers` line repeats a reference of the message,
// whose field is incident, re, under, supersedes or cancels: what follows from what can
// be read off the records alone.  An `exercise` line has what the message does to an
// exercise: it opens, joins or closes one, or is sent within it.  An `attachment` line
// stands for each file that the message names.  A `cause` line names what a message was
// derived from: only what the hub derives has one.  A `carries` line says which older
// message the node, which has this one delivered, gets with it and did not have; an
// `omits` line how many it does not get for which reason: both stand
// right behind the node's line.  The author knows them whom it
// brought in, and is told.  A `joins` or `leaves` line has a node that is, or is no more,
// a member of the set that a message began, which is the first of its chain of
// corrections.  An `absent` line names a role that the rule needs somebody of, and nobody
// has.  A `delegates` line has who may act in which office of the author's node, of which
// territory (`-`: none), and the moments between which.  An `acts` line has an officer
// who sealed the message for somebody in office, and the delegation by which; its author
// is told.  A `level` line repeats the level that the message gives, so that the log can
// say what is urgent.  A `by-subscription` line delivers as a `deliver` line does, to who
// asked for it and to whom no rule sends it; `subscribers` says how many of these the
// author may not know.  A `feed` line says that the message is the count-th of a feed of
// this node (lib/message/feed.h).  What a `subscription` asks for stands in `subscribes`
// lines, one a value; `unsubscribes` ends a feed.  An `expires` line has the moment after
// which an answer comes too late, an `unreached` line an addressee whom no rule lets have
// the message.  The random nonce keeps those who know only the record's hash from
// guessing it.

#ifndef LIB_MESSAGE_ROUTING_H
#define LIB_MESSAGE_ROUTING_H

#include "lib/base/arena.h"
#include "lib/base/bytes.h"
#include "lib/base/cause.h"
#include "lib/tlog/leaf.h"

enum {
    RULE_ID_MAX = 64,
    CITES_MAX = 96,
    CODE_MAX = 48,
    FEED_NAME_MAX = 33, // of a feed, with its NUL
    LEVEL_URGENT = 3,   // from this level on a record says it
    ROUTING_NONCE = 16
};

typedef enum { TELL_NONE, TELL_SENDER } tell_t;
typedef enum {
    ROUTE_DELIVER,
    ROUTE_WITHHOLD,
    ROUTE_EMIT,
    ROUTE_REMARK,
    ROUTE_REFER,
    ROUTE_EXERCISE,
    ROUTE_ATTACHMENT,
    ROUTE_CAUSE,
    ROUTE_CARRIES,
    ROUTE_OMITS,
    ROUTE_JOINS,
    ROUTE_LEAVES,
    ROUTE_ABSENT,
    ROUTE_DELEGATES,
    ROUTE_ACTS,
    ROUTE_LEVEL,
    ROUTE_BY_SUBSCRIPTION,
    ROUTE_SUBSCRIBERS,
    ROUTE_FEED,
    ROUTE_SUBSCRIBES,
    ROUTE_UNSUBSCRIBES,
    ROUTE_EXPIRES,
    ROUTE_UNREACHED
} route_type_t;

const char *route_type_name(route_type_t type); // as the record spells it
typedef enum {
    REFER_INCIDENT,
    REFER_RE,
    REFER_UNDER,
    REFER_SUPERSEDES,
    REFER_CANCELS,
    REFERS
} refer_t;
typedef enum {
    EXERCISE_OPENS,
    EXERCISE_JOINS,
    EXERCISE_CLOSES,
    EXERCISE_WITHIN
} exercise_act_t;
typedef enum { // by what a feed chooses messages
    FEED_KIND,
    FEED_LEVEL, // this one or higher
    FEED_SECTOR,
    FEED_CATEGORY,
    FEED_COUNTRY,
    FEED_OBJECT,
    FEED_AUTHOR,
    FEED_FIELDS
} feed_field_t;

typedef struct {
    route_type_t type;
    tell_t tell;
    refer_t refer;             // refers
    exercise_act_t act;        // exercise
    feed_field_t field;        // subscribes
    char node[NODE_ID_MAX];    // deliver, withhold, carries, omits, joins, leaves, feed,
                               // unreached;
                               // refers, cause: the author; exercise: its name; absent:
                               // the role; delegates, acts: the officer; subscribes: the
                               // value
    char author[NODE_ID_MAX];  // carries, joins, leaves, acts: of the message
    char feed[FEED_NAME_MAX];  // feed, subscribes, unsubscribes
    char kind[KIND_MAX];       // emit; delegates, acts: the territory
    char id[MESSAGE_ID_MAX];   // emit, refers, cause, carries, joins, leaves, acts
    char rule[RULE_ID_MAX];    // deliver, withhold, emit, absent, by-subscription
    char cites[CITES_MAX];     // the same
    char code[CODE_MAX];       // withhold, remark, omits; delegates, acts: the office;
                               // expires: the moment
    hash_t digest;             // attachment; feed
    uint64_t size;             // attachment; omits, subscribers: how many; level, feed:
                               // the number
    int64_t from_ms, until_ms; // delegates
} route_t;

typedef struct {
    uint8_t nonce[ROUTING_NONCE];
    uint64_t rules_position;
    size_t n, room;
    route_t *route;
    // Those that deliver it: their places, by node; there is room for as many as lines.
    size_t delivers;
    uint32_t *by_node;
} routing_t;

const char *refer_name(refer_t field); // "incident"
// As rules write it: a field, or "any" for REFERS.
const char *refers_word(refer_t field);
bool refers_parse(const char *word, refer_t *field);
const char *exercise_act_name(exercise_act_t act); // "opens"
const char *feed_field_name(feed_field_t field);   // "kind"
// Whether a node has the message by this line: by law, or because it asked for it.
bool route_delivers(const route_t *route);
void routing_close(routing_t *self); // frees the lines
// No lines are left, and their memory is.
void routing_clear(routing_t *self);
// None, with room for so many, in memory that is not to be closed.
routing_t *routing_in(arena_t *arena, size_t room);
void routing_add(routing_t *self, const route_t *route);
// One more line, of which nothing else is set; lent until the next is added.  It delivers
// nothing; or it does, to this node, to whom no line did so far.
route_t *routing_next(routing_t *self, route_type_t type, tell_t tell);
route_t *routing_deliver(
    routing_t *self, route_type_t type, tell_t tell, const char node[static NODE_ID_MAX]);
// Without the line at this place, which delivers nothing.
void routing_drop(routing_t *self, size_t place);
// The line that delivers it to this node, or NULL.
const route_t *routing_find(const routing_t *self, const char *node);
// Whether the node gets that older message with this one.
bool routing_carries(
    const routing_t *self, const char *node, const char *author, const char *id);
// The line that says what the message supersedes or cancels, or NULL.
const route_t *routing_withdraws(const routing_t *self);
// The line that says what the message does to an exercise, or NULL.
const route_t *routing_exercise(const routing_t *self);
// The line that says what the message was derived from, or NULL.
const route_t *routing_cause(const routing_t *self);
// The exercise that the message is sent within; "": none.
const char *routing_within(const routing_t *self);
// The level that the message gives; -1: it gives none.
int routing_level(const routing_t *self);
void route_print(const route_t *route, buf_t *out); // one line with LF
void routing_print(const routing_t *self, buf_t *out);
// The next of lines that stand one below the other, with or without an LF at the end.
span_t route_take_line(reader_t *text);
bool route_is(span_t line, route_type_t type); // by its first word
// The same where it may be any: the word and the space behind it are taken off.
bool route_take_type(span_t *line, route_type_t *type);
// Whether the author may know a line of this type, by the words behind that, in a line
// that route_parse takes.
bool route_is_told(route_type_t type, span_t words);
// One line, with or without its LF.
int route_parse(route_t *route, span_t line, cause_t *why);
// Into the memory of a record read before, or zeroed; the caller closes it at the end.
int routing_read(routing_t *self, span_t text, cause_t *why);
// Of a record that cannot be read as a whole, as far as its lines can: those that deliver
// it, and those that its author may know.
void routing_salvage(routing_t *self, span_t text);
void routing_salvage_told(span_t text, buf_t *out);
// On failure nothing is left to close.
int routing_parse(routing_t *self, span_t text, cause_t *why);

#endif
