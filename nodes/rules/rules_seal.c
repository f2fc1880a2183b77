// dabyl rules seal - an officer of nccis puts a seal on rules.
//
// The hub loads rules only with such a seal beside them (FILE.seal), and asks its roster
// whether that officer may give it.

#include "lib/base/file.h"
#include "lib/pki/keyfile.h"
#include "lib/pki/rulesseal.h"
#include "lib/rules/rules.h"
#include "nodes/rules/rules_commands.h"

#include <limits.h>
#include <string.h>

typedef struct {
    const char *key, *cert, *origin;
} options_t;

static const option_t seal_options[] = {
    {"key", OPTION_TEXT, offsetof(options_t, key), "FILE", NULL,
        "the officer's private key"},
    {"cert", OPTION_TEXT, offsetof(options_t, cert), "FILE", NULL,
        "the officer's certificate"},
    {"origin", OPTION_TEXT, offsetof(options_t, origin), "NAME", NULL,
        "the log's name, as in hub.conf"},
    {NULL, OPTION_FLAG, 0, NULL, NULL, NULL},
};

static int seal_path(const char *rules, char out[PATH_MAX], cause_t *why)
{
    int length = snprintf(out, PATH_MAX, "%s.seal", rules);
    return length > 0 && length < PATH_MAX ? 0 : cause_set(why, "the name is too long");
}

static int read_officer(const char *path, cert_t *cert, cause_t *why)
{
    if (cert_read(cert, path, why) != 0)
        return -1;
    if (cert->use == CERT_SEAL && strcmp(cert->role, "officer") == 0)
        return 0;
    cause_set(why, "%s: the certificate of %s is not an officer's", path, cert->name);
    cert_close(cert);
    return -1;
}

static int write_seal(const char *path, span_t text, const char *origin,
    const seal_key_t *key, cause_t *why)
{
    char place[PATH_MAX];
    rulesseal_t seal;
    buf_t out = {0};
    log_vkey_t fit;
    // A name no log can have would only be found out by the hub.
    if (log_vkey_of(&fit, origin, key->public_key, why) != 0)
        return cause_prefix(why, "--origin");
    rulesseal_make(&seal, origin, text, key);
    rulesseal_print(&seal, &out);
    int result = seal_path(path, place, why);
    if (result == 0)
        result = file_replace(place, buf_span(&out), 0644, why);
    buf_destroy(&out);
    return result;
}

static int seal_with(
    const char *path, const options_t *o, const cert_t *cert, cause_t *why)
{
    seal_key_t key;
    rules_t *rules = rules_open(path, why); // nobody should seal what no hub would load
    if (!rules)
        return -1;
    int result = keyfile_read_ed25519(o->key, &key, why);
    if (result == 0 && strcmp(key.id, cert->key_id) != 0)
        result = cause_set(why, "%s is not the key that %s certifies", o->key, o->cert);
    if (result == 0)
        result = write_seal(path, rules_text(rules), o->origin, &key, why);
    explicit_bzero(&key, sizeof key);
    rules_close(&rules);
    return result;
}

static done_t seal(const call_t *call)
{
    const options_t *o = call->options;
    cert_t cert = {0};
    cause_t why;
    if (call->operands != 1 || !o->key || !o->cert || !o->origin)
        return call_usage(call, "needs a file, --key, --cert and --origin");
    const char *path = call->operand[0];
    if (read_officer(o->cert, &cert, &why) != 0)
        return call_fail(call, DONE_NO, "%s", why.text);
    done_t done = DONE_OK;
    if (seal_with(path, o, &cert, &why) != 0)
        done = call_fail(call, DONE_NO, "%s", why.text);
    else
        printf("sealed %s as %s of %s, for %s\n"
               "the hub takes it with `dabyl hub reload`\n",
            path, cert.name, cert.node, o->origin);
    cert_close(&cert);
    return done;
}

int rules_check_seal(const char *path, span_t text, const char *cert_path,
    const char *origin, cause_t *why)
{
    char place[PATH_MAX];
    buf_t bytes = {0};
    cert_t cert = {0};
    rulesseal_t seal;
    if (seal_path(path, place, why) != 0 || read_officer(cert_path, &cert, why) != 0)
        return -1;
    int result = file_read(place, RULESSEAL_MAX, &bytes, why);
    if (result == 0 && (rulesseal_parse(&seal, buf_span(&bytes), why) != 0 ||
                           rulesseal_check(&seal, origin ? origin : seal.origin, text,
                               cert.key, why) != 0))
        result = cause_prefix(why, "%s", place);
    if (result == 0)
        printf("sealed by officer %s of %s for %s\n", cert.name, cert.node, seal.origin);
    buf_destroy(&bytes);
    cert_close(&cert);
    return result;
}

const command_t rules_seal_command = {
    .name = "seal",
    .operands = "FILE",
    .summary = "seal rules as an officer of nccis; writes FILE.seal",
    .options = seal_options,
    .options_size = sizeof(options_t),
    .run = seal,
};
