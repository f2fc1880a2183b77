// frame - what travels between a node and the hub: one ZeroMQ message part each, see
// PROTOCOL.md.
//
// Encoders append to a buffer.  Decoders borrow from the bytes given, never read past
// them and return -1 with a cause for anything not canonical.  A message is never split
// over frames.

#ifndef LIB_MESSAGE_FRAME_H
#define LIB_MESSAGE_FRAME_H

#include "lib/base/bytes.h"
#include "lib/base/cause.h"
#include "lib/message/ack.h"
#include "lib/message/routing.h"
#include "lib/pki/seal.h"
#include "lib/tlog/leaf.h"
#include "lib/tlog/sealing.h"

enum { FRAME_VERSION = 1, FRAME_ITEMS_MAX = 1024, FRAME_HEADS_MAX = 1024 };

typedef enum {
    FRAME_HELLO = 1,   // node: here I am, this is what I have
    FRAME_WELCOME = 2, // hub: who I am, where the log and your inbox stand
    FRAME_PUBLISH = 3, // node: sealed documents
    FRAME_RECEIPT = 4, // hub: entries made of them, proven
    FRAME_REFUSED = 5, // hub: documents not taken, and why
    FRAME_DELIVER = 6, // hub: entries of your inbox, proven
    FRAME_ACK = 7,     // node: signed, everything up to this inbox number is stored
    FRAME_AGAIN = 8,   // node: send this range of my inbox again
    FRAME_EXPLAIN = 9, // node: who would receive this document?
    FRAME_EXPLAINED = 10,
    FRAME_PULSE = 11,  // either: are you there?  the hub answers with one
    FRAME_RESYNC = 12, // hub: I have no session of yours, say hello
    FRAME_BYE = 13,    // hub: this session is over, and why
    FRAME_ASK = 14,    // node: what does the hub know of this, that I may know?
    FRAME_ANSWER = 15,
    FRAME_GIVE = 16,  // node: I would hand in this attachment; what is there of it?
    FRAME_HELD = 17,  // hub: this much of it
    FRAME_FETCH = 18, // node: a piece of this attachment, from here on
    FRAME_PIECE = 19, // either
    FRAME_CARRY =
        20, // node: the older messages that this number of my inbox brings along
    FRAME_CARRIED = 21, // hub: some of them, proven
    FRAME_AHEAD = 22,   // hub: what of your backlog is urgent
    // What follows was not in version 1 at first: only to who knows it (peer.h).
    FRAME_KNOWS = 23,  // hub: what program I am, and what I know
    FRAME_FOLLOW = 24, // standby: so much of your journal is on my disk; go on from there
    FRAME_TAIL = 25,   // hub: bytes of it
} frame_type_t;

// -1 when the frame is too short or of another version; else its frame_type_t (unknown
// types included), and the reader stands behind the two header bytes.
int frame_type(span_t frame, reader_t *body);

// -1 where it is of another version, or has none; the cause names both.
int frame_check_version(span_t frame, cause_t *why);

typedef struct {
    span_t node;       // its id, for the log only: the key decides
    span_t agent;      // software and version, and what it knows (peer.h)
    uint64_t stored;   // inbox numbers 1..stored are on the node's disk
    uint64_t position; // in the log, of number `stored`; 0 when nothing is stored
    uint32_t window;   // deliveries it takes before it must have acknowledged
    span_t checkpoint; // the newest note it has verified, or empty
} hello_t;

typedef struct {
    span_t origin;
    span_t checkpoint;   // newest durable note
    span_t consistency;  // proof that it grew out of the checkpoint in the hello
    uint64_t inbox_last; // highest inbox number of this node so far
    uint32_t window;     // publishes it may have unanswered
    uint32_t size_limit; // bytes of one document
    int64_t time_ms;     // the hub's clock
} welcome_t;

// A sealed document inside a frame: heads are written once and shared by index, with one
// proof for all places under each (lib/tlog/sealing.h).
typedef struct {
    uint16_t head;  // which of the frame's heads
    uint32_t index; // its place under that; of the items of a head these increase
    span_t document;
} sealed_t;

typedef struct {
    size_t heads;
    sealed_head_t head[FRAME_HEADS_MAX]; // each has an item
    size_t n;
    sealed_t item[FRAME_ITEMS_MAX];
} publish_t; // large: allocate it

typedef struct {
    span_t leaf;
    uint16_t told; // which of the frame's
} receipt_item_t;

typedef struct {
    span_t checkpoint;
    span_t proof; // run proof over the items' positions
    size_t tolds;
    span_t told[FRAME_ITEMS_MAX]; // the routing lines the author may know, as text
    size_t n;
    receipt_item_t item[FRAME_ITEMS_MAX]; // by increasing position
} receipt_t;

typedef struct {
    hash_t document; // SHA-256 of what was published
    span_t code, pointer, by, text;
    bool retry;
} refused_item_t;

typedef struct {
    size_t n;
    refused_item_t item[FRAME_ITEMS_MAX];
} refused_t;

typedef struct {
    uint64_t number; // in the receiver's inbox
    uint16_t why;    // which of the frame's
    bool aside;      // the log sets the entry aside: there is neither document nor seal
    span_t leaf;     // where it is set aside; else
    span_t front, back; // what is around the hashes of document and seal (leaf.h), and
    sealed_t sealed;
} deliver_item_t;

// Of CARRIED, a number says which of the lines that carry something the item is, from 1
// on, and its why is that line.
typedef struct {
    uint64_t carrier; // CARRIED: the number in the inbox that brings them along
    size_t certs;
    span_t cert[64]; // DER, authors' sealing certificates new to this session
    span_t checkpoint;
    span_t proof;
    size_t heads;
    sealed_head_t head[FRAME_HEADS_MAX]; // each has an item
    size_t whys;
    span_t why[FRAME_ITEMS_MAX]; // the lines of a record that are the receiver's, without
                                 // the last LF
    size_t n;
    deliver_item_t item[FRAME_ITEMS_MAX]; // by increasing number and position
} deliver_t;

typedef struct {
    uint64_t first, last;
} again_t;

typedef struct {
    uint64_t number; // in the inbox
    uint64_t first;  // of the lines of it that carry something, from 1 on
} carry_ask_t;

typedef struct {
    uint32_t request; // the asker's number, returned with the answer
    span_t text;      // EXPLAIN: a document; EXPLAINED, ANSWER: JSON
} explain_t;

typedef struct {
    uint32_t request;
    span_t topic;     // a word
    span_t arguments; // a JSON object
} query_t;

typedef struct {
    hash_t digest;
    uint64_t size;
} give_t;

typedef struct {
    hash_t digest;
    uint64_t size;
    uint64_t offset; // bytes 0..offset are there
    uint32_t piece;  // bytes that a piece may have
} held_t;

typedef struct {
    hash_t digest;
    uint64_t offset;
} fetch_t;

// Bytes of an attachment; none only of an empty one.
typedef struct {
    hash_t digest;
    uint64_t size; // of the whole
    uint64_t offset;
    span_t data;
} piece_t;

// A place in the journal's segments, and how many entries lie before it.
typedef struct {
    uint64_t segment, offset;
    uint64_t entries;
} follow_t;

typedef struct {
    uint64_t segment, offset;
    bool over;   // the segment ends behind these bytes
    span_t note; // the signed checkpoint of all that is there up to here, or empty
    span_t data;
} tail_t;

void hello_put(buf_t *out, const hello_t *self);
int hello_take(hello_t *self, span_t frame, cause_t *why);
void welcome_put(buf_t *out, const welcome_t *self);
int welcome_take(welcome_t *self, span_t frame, cause_t *why);
void publish_put(buf_t *out, const publish_t *self);
int publish_take(publish_t *self, span_t frame, cause_t *why);
void receipt_put(buf_t *out, const receipt_t *self);
int receipt_take(receipt_t *self, span_t frame, cause_t *why);
void refused_put(buf_t *out, const refused_t *self);
int refused_take(refused_t *self, span_t frame, cause_t *why);
void deliver_put(buf_t *out, const deliver_t *self);
int deliver_take(deliver_t *self, span_t frame, cause_t *why);
void carry_ask_put(buf_t *out, const carry_ask_t *self); // CARRY
int carry_ask_take(carry_ask_t *self, span_t frame, cause_t *why);
void carried_put(buf_t *out, const deliver_t *self); // CARRIED
int carried_take(deliver_t *self, span_t frame, cause_t *why);
// Numbers of an inbox that hold what wakes people, told before they are delivered: a
// level, an open duty of the receiver, or both.
enum { AHEAD_MAX = 1024 };
enum {
    AHEAD_OWED = 1,   // it brought the receiver a duty that is open
    AHEAD_PLAYED = 2, // in an exercise
};
typedef struct {
    uint64_t number;
    uint8_t level;  // 0: below LEVEL_URGENT
    uint8_t marks;  // AHEAD_OWED, AHEAD_PLAYED
    int64_t due_ms; // of AHEAD_OWED: when the first of its open duties is due; else 0
} ahead_item_t;
typedef struct {
    uint32_t more; // numbers behind these that do so, too
    size_t n;      // at least 1
    ahead_item_t item[AHEAD_MAX];
} ahead_t;
void ahead_put(buf_t *out, const ahead_t *self);
int ahead_take(ahead_t *self, span_t frame, cause_t *why);
void ack_put(buf_t *out, const ack_t *self);
int ack_take(ack_t *self, span_t frame, cause_t *why);
void again_put(buf_t *out, const again_t *self);
int again_take(again_t *self, span_t frame, cause_t *why);
void explain_put(buf_t *out, frame_type_t type, const explain_t *self);
int explain_take(explain_t *self, span_t frame, cause_t *why);
void query_put(buf_t *out, const query_t *self); // ASK
int query_take(query_t *self, span_t frame, cause_t *why);
void give_put(buf_t *out, const give_t *self);
int give_take(give_t *self, span_t frame, cause_t *why);
void held_put(buf_t *out, const held_t *self);
int held_take(held_t *self, span_t frame, cause_t *why);
void fetch_put(buf_t *out, const fetch_t *self);
int fetch_take(fetch_t *self, span_t frame, cause_t *why);
void piece_put(buf_t *out, const piece_t *self);
int piece_take(piece_t *self, span_t frame, cause_t *why);
void knows_put(buf_t *out, span_t agent);
int knows_take(span_t *agent, span_t frame, cause_t *why);
void follow_put(buf_t *out, const follow_t *self);
int follow_take(follow_t *self, span_t frame, cause_t *why);
void tail_put(buf_t *out, const tail_t *self);
int tail_take(tail_t *self, span_t frame, cause_t *why);
void bare_put(buf_t *out, frame_type_t type); // PULSE, RESYNC
int bare_take(span_t frame, cause_t *why);    // that nothing follows the header
// BYE: a code and a sentence.
void bye_put(buf_t *out, const char *code, const char *text);
int bye_take(span_t frame, span_t *code, span_t *text, cause_t *why);

// Which of the list's texts this one is; it is added where it is none of the last few.
// The list has room for FRAME_ITEMS_MAX.
uint16_t frame_list(span_t *list, size_t *n, span_t text);

#endif
