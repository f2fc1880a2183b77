// dabyl rules seal - an officer of nccis puts a seal on packs of rules, on each its own.
//
// The hub loads rules only with such a seal beside them (FILE.seal), and asks its roster
// whether that officer may give it.

#include "lib/base/catalogue.h"
#include "lib/base/file.h"
#include "lib/base/memory.h"
#include "lib/pki/keyfile.h"
#include "lib/pki/rulesseal.h"
#include "lib/rules/rules.h"
#include "nodes/rules/rules_commands.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    const char *key, *cert, *origin, *with;
} options_t;

static const option_t seal_options[] = {
    {"key", OPTION_TEXT, offsetof(options_t, key), "FILE", NULL,
        "the officer's private key"},
    {"cert", OPTION_TEXT, offsetof(options_t, cert), "FILE", NULL,
        "the officer's certificate"},
    {"origin", OPTION_TEXT, offsetof(options_t, origin), "NAME", NULL,
        "the log's name, as in hub.conf"},
    {"with", OPTION_TEXT, offsetof(options_t, with), "PATH", NULL,
        "packs that it is to stand beside: they are checked together, and not sealed"},
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

// Nobody should seal what no hub would load: the packs are checked together, with those
// that they are to stand beside.
static rules_t *check_together(const call_t *call, const char *with, cause_t *why)
{
    size_t n = (size_t)call->operands;
    const char **path = memory_new(n + 1, sizeof *path);
    for (size_t i = 0; i < n; i++)
        path[i] = call->operand[i];
    if (with)
        path[n++] = with;
    rules_t *rules = rules_open_all(path, n, why);
    free(path);
    return rules;
}

static bool is_within(const char *path, const char *operand)
{
    size_t size = strlen(operand);
    return strcmp(path, operand) == 0 ||
           (strncmp(path, operand, size) == 0 &&
               (path[size] == '/' || (size > 0 && operand[size - 1] == '/')));
}

static bool is_to_seal(const call_t *call, const char *path)
{
    for (int i = 0; i < call->operands; i++)
        if (is_within(path, call->operand[i]))
            return true;
    return false;
}

static int seal_each(const call_t *call, const rules_t *rules, const seal_key_t *key,
    const cert_t *cert, cause_t *why)
{
    const options_t *o = call->options;
    for (size_t i = 0; i < rules_packs(rules); i++) {
        const char *path = rules_pack_path(rules, i);
        if (!is_to_seal(call, path))
            continue;
        if (write_seal(path, rules_pack_text(rules, i), o->origin, key, why) != 0)
            return -1;
        printf(
            "sealed %s as %s of %s, for %s\n", path, cert->name, cert->node, o->origin);
    }
    puts(say("the hub takes it with `dabyl hub reload`"));
    return 0;
}

static int seal_with(const call_t *call, const cert_t *cert, cause_t *why)
{
    const options_t *o = call->options;
    seal_key_t key;
    rules_t *rules = check_together(call, o->with, why);
    if (!rules)
        return -1;
    int result = keyfile_read_ed25519(o->key, &key, why);
    if (result == 0 && strcmp(key.id, cert->key_id) != 0)
        result = cause_set(why, "%s is not the key that %s certifies", o->key, o->cert);
    if (result == 0)
        result = seal_each(call, rules, &key, cert, why);
    explicit_bzero(&key, sizeof key);
    rules_close(&rules);
    return result;
}

static done_t seal(const call_t *call)
{
    const options_t *o = call->options;
    cert_t cert = {0};
    cause_t why;
    if (call->operands == 0 || !o->key || !o->cert || !o->origin)
        return call_usage(call, "needs a file, --key, --cert and --origin");
    if (read_officer(o->cert, &cert, &why) != 0)
        return call_fail(call, DONE_NO, "%s", why.text);
    done_t done = seal_with(call, &cert, &why) == 0
                      ? DONE_OK
                      : call_fail(call, DONE_NO, "%s", why.text);
    cert_close(&cert);
    return done;
}

static int check_pack_seal(
    const char *path, span_t text, const cert_t *cert, const char *origin, cause_t *why)
{
    char place[PATH_MAX];
    buf_t bytes = {0};
    rulesseal_t seal;
    int result = seal_path(path, place, why);
    if (result == 0)
        result = file_read(place, RULESSEAL_MAX, &bytes, why);
    if (result == 0 && (rulesseal_parse(&seal, buf_span(&bytes), why) != 0 ||
                           rulesseal_check(&seal, origin ? origin : seal.origin, text,
                               cert->key, why) != 0))
        result = cause_prefix(why, "%s", place);
    if (result == 0)
        printf(say("%s: sealed by officer %s of %s for %s\n"), path, cert->name,
            cert->node, seal.origin);
    buf_destroy(&bytes);
    return result;
}

int rules_check_seals(
    const rules_t *rules, const char *cert_path, const char *origin, cause_t *why)
{
    cert_t cert = {0};
    int result = read_officer(cert_path, &cert, why);
    for (size_t i = 0; result == 0 && i < rules_packs(rules); i++)
        result = check_pack_seal(
            rules_pack_path(rules, i), rules_pack_text(rules, i), &cert, origin, why);
    cert_close(&cert);
    return result;
}

const command_t rules_seal_command = {
    .name = "seal",
    .operands = "FILE...",
    .summary = "seal packs of rules as an officer of nccis; writes FILE.seal of each",
    .options = seal_options,
    .options_size = sizeof(options_t),
    .run = seal,
};
