// topic_trust - the CAs, their revocation lists in force and the hub's channel
// certificates, so that nobody has to carry them to each node.
//
// All of it is signed by the CA and public; who asks checks it, and says by a digest what
// it has already.

#include "hub/ask/topics.h"

#include <string.h>

enum { TRUST_ANSWER_MAX = 8 << 20 }; // bytes of a CRL: an answer is one frame

static void digest_of(const trust_t *trust, span_t crl, char out[HASH_HEX])
{
    buf_t all = {0};
    hash_t hash;
    buf_put_long(&all, crl);
    buf_put_long(&all, buf_span(&trust->ca));
    buf_put_long(&all, buf_span(&trust->channel));
    buf_put_long(&all, buf_span(&trust->next));
    sha256(buf_span(&all), &hash);
    hex_encode(hash.bytes, sizeof hash.bytes, out);
    buf_destroy(&all);
}

static void write_all(
    const trust_t *trust, span_t crl, const char *digest, asking_t *asking)
{
    writer_t *to = &asking->to;
    writer_text(to, "digest", digest);
    writer_span(to, "ca", buf_span(&trust->ca));
    writer_span(to, "crl", crl);
    writer_span(to, "channel", buf_span(&trust->channel));
    writer_span(to, "next", buf_span(&trust->next));
}

bool topic_trust(const questions_t *self, const char *asker, asking_t *asking)
{
    (void)asker;
    char digest[HASH_HEX];
    buf_t crl = {0};
    const char *known = value_text(value_get(asking->arguments, "known"));
    roster_print_crl(self->law->roster, &crl);
    digest_of(self->trust, buf_span(&crl), digest);
    if (known && strcmp(known, digest) == 0)
        writer_bool(&asking->to, "same", true);
    else if (crl.size > TRUST_ANSWER_MAX)
        (void)refuse(&asking->refusal, "ask.topic", "", "",
            "the revocation list is too long for an answer: more than %d bytes "
            "(operational default)",
            TRUST_ANSWER_MAX);
    else
        write_all(self->trust, buf_span(&crl), digest, asking);
    buf_destroy(&crl);
    return false;
}
