// believing - see the header.

#include "nodes/config/believing.h"

#include "lib/base/file.h"

enum { CA_MAX = 1 << 20, CRL_MAX = 64 << 20 };

// Whether the CAs are the same certificates, in the same order.
static bool same_cas(const authority_t *a, const authority_t *b)
{
    buf_t one = {0};
    buf_t two = {0};
    authority_print(a, &one);
    authority_print(b, &two);
    const bool same = span_equal(buf_span(&one), buf_span(&two));
    buf_destroy(&one);
    buf_destroy(&two);
    return same;
}

believed_t believing_look(
    const credentials_t *own, span_t ca, int64_t now_ms, cause_t *why)
{
    cause_t ignored;
    authority_t *fresh = authority_parse_cas(ca, why);
    if (!fresh)
        return BELIEVED_NEVER;
    believed_t result;
    if (same_cas(own->ca, fresh))
        result = BELIEVED_SAME;
    else if (authority_follows(own->crl ? own->crl : own->ca, ca, now_ms, why) != 0)
        result = BELIEVED_NEVER;
    else
        result = authority_covered(own->ca, &fresh, 1, &ignored) ? BELIEVED_MORE
                                                                 : BELIEVED_FEWER;
    authority_close(&fresh);
    return result;
}

// This node and its hub by what is to be believed, and no list older than before.
static int check(const node_conf_t *conf, const credentials_t *own,
    const authority_t *fresh, cause_t *why)
{
    const cert_t *const certs[] = {&own->seal_cert, &own->channel_cert, &own->hub_cert};
    for (size_t i = 0; i < sizeof certs / sizeof *certs; i++)
        if (!authority_issued(fresh, certs[i]))
            return cause_set(why,
                "the certificate of %s (%s) is by a CA that would not be believed any "
                "more",
                certs[i]->name, cert_use_name(certs[i]->use));
    return own->crl ? authority_crl_follows(fresh, own->crl, conf->crl, why) : 0;
}

// Of CAs that go and of CAs that come there is a list at every moment.
static int write_all(const node_conf_t *conf, span_t ca, span_t crl, cause_t *why)
{
    buf_t both = {0};
    if (!conf->crl[0])
        return file_replace(conf->ca, ca, 0644, why);
    buf_put_span(&both, crl); // the first of a CA counts
    int result = file_read(conf->crl, CRL_MAX, &both, why);
    if (result == 0)
        result = file_replace(conf->crl, buf_span(&both), 0644, why);
    buf_destroy(&both);
    if (result == 0)
        result = file_replace(conf->ca, ca, 0644, why);
    return result == 0 ? file_replace(conf->crl, crl, 0644, why) : -1;
}

int believing_take(const node_conf_t *conf, const credentials_t *own, span_t ca,
    span_t crl, cause_t *why)
{
    buf_t both = {0};
    if (ca.size > CA_MAX)
        return cause_set(why, "the CAs are longer than %d bytes", CA_MAX);
    buf_put_span(&both, ca);
    buf_put_span(&both, crl);
    authority_t *fresh = conf->crl[0] ? authority_parse(buf_span(&both), why)
                                      : authority_parse_cas(ca, why);
    buf_destroy(&both);
    int result = fresh ? check(conf, own, fresh, why) : -1;
    authority_close(&fresh);
    return result == 0 ? write_all(conf, ca, crl, why) : -1;
}
