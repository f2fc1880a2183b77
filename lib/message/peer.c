// peer - words that begin with a plus sign, each behind a space.

#include "lib/message/peer.h"

#include <string.h>

static const struct {
    peer_word_t bit;
    const char *word;
} words[] = {
    {PEER_KNOWS, "+knows"},
    {PEER_FOLLOW, "+follow"},
};
enum { WORDS = sizeof words / sizeof words[0] };

void peer_put_agent(buf_t *out, const char *software)
{
    buf_put_text(out, software);
    for (size_t i = 0; i < WORDS; i++) {
        buf_put_u8(out, ' ');
        buf_put_text(out, words[i].word);
    }
}

static unsigned bit_of(span_t word)
{
    for (size_t i = 0; i < WORDS; i++)
        if (span_is(word, words[i].word))
            return words[i].bit;
    return 0;
}

peer_t peer_of(span_t agent)
{
    peer_t self = {0};
    while (agent.size > 0) {
        const uint8_t *end = memchr(agent.data, ' ', agent.size);
        size_t size = end ? (size_t)(end - agent.data) : agent.size;
        self.words |= bit_of(span_of(agent.data, size));
        size += end != NULL;
        agent = span_of(agent.data + size, agent.size - size);
    }
    return self;
}

bool peer_knows(peer_t self, peer_word_t word)
{
    return (self.words & (unsigned)word) != 0;
}
