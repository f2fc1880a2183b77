// peer - what a program at the other end of a channel knows beyond version 1 as it was
// first written down.
//
// Each side says it in words behind its software's name: "dabyl-node 0.1.0 +knows". Who
// says none is an older program and gets nothing that it could not read: whatever frame
// comes to the protocol later is sent only where peer_knows says that it is understood.

#ifndef LIB_MESSAGE_PEER_H
#define LIB_MESSAGE_PEER_H

#include "lib/base/bytes.h"

enum { AGENT_SIZE_MAX = 128 }; // octets of what HELLO and KNOWS say of a program

// One bit each; its word is in peer.c, and in PROTOCOL.md.
typedef enum {
    PEER_KNOWS = 1 << 0,  // the frame KNOWS, by which a hub says the same of itself
    PEER_FOLLOW = 1 << 4, // a hub whose journal can be followed: FOLLOW and TAIL
} peer_word_t;

typedef struct {
    unsigned words; // of peer_word_t
} peer_t;

// What is said of software of ours: its name, and all the words there are.
void peer_put_agent(buf_t *out, const char *software);
// What somebody says of his.  Words that are not known here are passed over.
peer_t peer_of(span_t agent);
bool peer_knows(peer_t self, peer_word_t word);

#endif
