// dabyl verify - hold what a node or a hub keeps against public keys alone, offline.
//
// A message is named by any of its files; the keys are found in the node's folder around
// it unless they are given.

#include "lib/base/catalogue.h"
#include "nodes/backup/chosen.h"
#include "nodes/backup/verify_log.h"
#include "nodes/commands/commands.h"
#include "nodes/config/node_paths.h"
#include "nodes/inbox/mail.h"
#include "nodes/inbox/proof.h"
#include "nodes/tools/verdict.h"
#include "nodes/tools/verify_attachment.h"
#include "nodes/tools/verify_cms.h"

#include <string.h>
#include <unistd.h>

typedef struct {
    const char *vkey, *crl, *certs, *journal, *backup, *cms;
    option_texts_t ca, cms_ca;
    bool torn;
} options_t;

static const option_t options[] = {
    {"vkey", OPTION_TEXT, offsetof(options_t, vkey), "FILE", NULL,
        "the log's public key (dabyl hub key prints it)"},
    {"ca", OPTION_TEXTS, offsetof(options_t, ca), "FILE", NULL,
        "the CA's certificate; once for each when it was renewed"},
    {"crl", OPTION_TEXT, offsetof(options_t, crl), "FILE", NULL, "its revocation list"},
    {"certs", OPTION_TEXT, offsetof(options_t, certs), "DIR", NULL,
        "certificates of those who seal"},
    {"journal", OPTION_TEXT, offsetof(options_t, journal), "DIR", NULL,
        "verify a hub's whole journal"},
    {"backup", OPTION_TEXT, offsetof(options_t, backup), "DIR", NULL,
        "verify a backup: each file, each batch, the tree up to its signed checkpoint"},
    {"cms", OPTION_TEXT, offsetof(options_t, cms), "FILE", NULL,
        "a detached CMS signature (.p7s) over the message's bytes"},
    {"cms-ca", OPTION_TEXTS, offsetof(options_t, cms_ca), "FILE", NULL,
        "certificates that count for it; once for each file"},
    {"torn", OPTION_FLAG, offsetof(options_t, torn), NULL, NULL,
        "the hub runs or was killed: leave an unfinished last batch aside"},
    {NULL, OPTION_FLAG, 0, NULL, NULL, NULL},
};

typedef struct {
    const call_t *call;
    char node[PATH_MAX]; // the folder around the files, or ""
    log_vkey_t vkey;
    keyring_t *keys;
    memo_t memo;
} verify_t;

// The option's path, or the usual one in the node's folder when it is there; else NULL.
static const char *choose(
    const verify_t *self, const char *given, node_path_t usual, char out[PATH_MAX])
{
    if (given)
        return given;
    if (!self->node[0])
        return NULL;
    node_path(self->node, usual, out);
    return access(out, R_OK) == 0 ? out : NULL;
}

static int read_vkey(verify_t *self, cause_t *why)
{
    const options_t *o = self->call->options;
    char place[PATH_MAX];
    const char *path = choose(self, o->vkey, NODE_VKEY, place);
    return path ? log_vkey_read(&self->vkey, path, why)
                : cause_set(why, "which log?  Name its public key with --vkey FILE");
}

static int add_certificates(verify_t *self, cause_t *why)
{
    const options_t *o = self->call->options;
    if (o->certs)
        return keyring_add_folder(self->keys, o->certs, why);
    return self->node[0] ? keyring_add_node(self->keys, self->node, why) : 0;
}

static int read_keys(verify_t *self, cause_t *why)
{
    const options_t *o = self->call->options;
    char ca_place[PATH_MAX], crl_place[PATH_MAX];
    const char *usual = choose(self, NULL, NODE_CA, ca_place);
    const char *crl = choose(self, o->crl, NODE_CRL, crl_place);
    if (o->ca.n == 0 && !usual)
        return cause_set(
            why, "whose word counts?  Name the CA's certificate with --ca FILE");
    self->keys = keyring_new();
    if (keyring_trust(self->keys, o->ca.n ? o->ca.text : &usual, o->ca.n ? o->ca.n : 1,
            crl, why) != 0 ||
        add_certificates(self, why) != 0)
        return -1;
    if (keyring_count(self->keys) == 0)
        return cause_set(why, "no certificates: name their folder with --certs DIR");
    return 0;
}

// "x/inbox/NAME.json", ".seal", ".tlog-proof" and so on: the stem, without the ending.
static int stem_of(const char *path, char stem[PATH_MAX], cause_t *why)
{
    static const char *const endings[] = {
        ".json", ".seal", ".tlog-proof", ".why", ".told", ".erased"};
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        size_t length = strlen(path), tail = strlen(endings[i]);
        if (length > tail && length < PATH_MAX &&
            strcmp(path + length - tail, endings[i]) == 0) {
            snprintf(stem, PATH_MAX, "%.*s", (int)(length - tail), path);
            return 0;
        }
    }
    return cause_set(why, "not the name of a message, seal or proof");
}

static int read_part(const char *stem, const char *ending, buf_t *out, cause_t *why)
{
    char path[PATH_MAX];
    if ((size_t)snprintf(path, sizeof path, "%s%s", stem, ending) >= sizeof path)
        return cause_set(why, "the name is too long");
    return file_read(path, MAIL_SIZE_MAX, out, why);
}

// The folder of the node that keeps this message: where its inbox/ or sent/ is.
static void find_node(verify_t *self, const char *path)
{
    cause_t ignored;
    const char *node = self->call->common.node ? call_node(self->call, &ignored) : NULL;
    const char *slash = strrchr(path, '/');
    int length = slash ? (int)(slash - path) : 1;
    const char *up = verify_is_attachment(path) ? "/../.." : "/..";
    if (node)
        snprintf(self->node, sizeof self->node, "%s", node);
    else
        snprintf(self->node, sizeof self->node, "%.*s%s", length, slash ? path : ".", up);
    char vkey[PATH_MAX];
    // Files lying elsewhere: then the node is the one of the environment, if any.
    node_path(self->node, NODE_VKEY, vkey);
    if (access(vkey, F_OK) != 0) {
        const char *here = call_node(self->call, &ignored);
        snprintf(self->node, sizeof self->node, "%s", here ? here : "");
    }
}

// What the node around it keeps of an erasure by law.  -1: it is not good, or the text is
// gone and nothing says why.
static int check_erased(
    const verify_t *self, const proven_t *p, erased_t *erased, cause_t *why)
{
    reference_t name = {{0}, {0}};
    memcpy(name.author, p->leaf.author, sizeof name.author);
    memcpy(name.id, p->leaf.id, sizeof name.id);
    int found = erased_verify(self->node, &name, &self->vkey, erased, why);
    if (found < 0)
        return cause_prefix(why, "that it was erased by law");
    return !p->gone || found == 1 ? 0
                                  : cause_set(why, "its text is not here, and nothing "
                                                   "proves that it was erased by law");
}

// A delivery says beside it why this node has it.
static int check_why(const char *stem, cause_t *why)
{
    buf_t text = {0};
    route_t route;
    cause_t none;
    if (read_part(stem, ".why", &text, &none) != 0)
        return 0; // not a delivery
    reader_t lines = reader_of(buf_span(&text));
    int result = route_parse(&route, route_take_line(&lines), why);
    buf_destroy(&text);
    if (result != 0)
        return cause_prefix(why, ".why");
    if (route.type == ROUTE_CARRIES) {
        printf(say("  came along for %s with a later message (the hub's word)\n"),
            route.node);
        return 0;
    }
    printf(say("  delivered to %s by rule %s, "), route.node, route.rule);
    mail_print_cites(route.cites, stdout);
    puts(say(" (the hub's word)"));
    return 0;
}

static int prove(verify_t *self, const char *stem, proven_t *proven, cause_t *why)
{
    proof_trust_t trust = {self->keys, self->vkey.origin, &self->memo};
    return proof_files(&trust, &self->vkey, stem, proven, why);
}

static done_t verify_one(verify_t *self, const char *name)
{
    char stem[PATH_MAX];
    cause_t why;
    proven_t proven;
    if (verify_is_attachment(name))
        return verify_attachment(self->call, name, &self->vkey, &why) == 0
                   ? DONE_OK
                   : verdict_fault(self->call, name, &why);
    erased_t erased;
    if (stem_of(name, stem, &why) != 0 || prove(self, stem, &proven, &why) != 0 ||
        check_erased(self, &proven, &erased, &why) != 0)
        return verdict_fault(self->call, name, &why);
    const options_t *o = self->call->options;
    bool cms = o->cms != NULL;
    cms_signers_t signers = {0};
    if (cms &&
        verify_cms(o->cms, stem, &o->cms_ca, proven.leaf.time_ms, &signers, &why) != 0)
        return verdict_fault(self->call, name, &why);
    if (self->call->common.json) {
        verdict_print_json(name, &proven, &erased, &signers);
        return DONE_OK;
    }
    verdict_good(name);
    verdict_print(&proven, &erased, keyring_checks_revocation(self->keys));
    if (cms)
        verify_cms_print(&signers);
    return check_why(stem, &why) != 0 ? verdict_fault(self->call, name, &why) : DONE_OK;
}

// The keys of the node in whose folder a file lies; each node has met other authors.
static int take_keys_for(verify_t *self, const char *path, cause_t *why)
{
    char before[PATH_MAX];
    memcpy(before, self->node, sizeof before);
    find_node(self, path);
    if (self->keys && strcmp(before, self->node) == 0)
        return 0;
    keyring_destroy(&self->keys);
    if (read_vkey(self, why) != 0)
        return -1;
    // What was handed in is nobody's seal: the log's key is enough.
    return verify_is_attachment(path) ? 0 : read_keys(self, why);
}

// A file; or, where there is none of that name, a message of the node by its number, its
// id or a piece of it.  NULL after saying why not.
static const char *file_of(const call_t *call, const char *named, char out[PATH_MAX])
{
    mail_t mail;
    cause_t ignored;
    bool message = access(named, F_OK) != 0 && !strchr(named, '/') && !strchr(named, '.');
    const char *node = message ? call_node(call, &ignored) : NULL;
    if (!node)
        return named;
    if (chosen_open(call, node, MAIL_HERE, named, &mail) != DONE_OK)
        return NULL;
    (void)snprintf(out, PATH_MAX, "%s", mail.path);
    mail_close(&mail);
    return out;
}

static done_t verify_files(verify_t *self)
{
    cause_t why;
    const call_t *call = self->call;
    done_t worst = DONE_OK;
    for (int i = 0; i < call->operands; i++) {
        char path[PATH_MAX];
        const char *file = file_of(call, call->operand[i], path);
        if (file && take_keys_for(self, file, &why) != 0)
            return call_fail(call, DONE_USAGE, "%s", why.text);
        if (!file || verify_one(self, file) != DONE_OK)
            worst = DONE_NO;
    }
    return worst;
}

static done_t verify_journal(verify_t *self)
{
    const options_t *o = self->call->options;
    cause_t why;
    if (read_vkey(self, &why) != 0)
        return call_fail(self->call, DONE_USAGE, "%s", why.text);
    const audit_options_t wish = {.folder = o->journal,
        .ca_path = o->ca.text,
        .ca_paths = o->ca.n,
        .vkey = &self->vkey,
        .torn = o->torn};
    return verify_log_journal(self->call, &wish);
}

static done_t verify_backup(verify_t *self)
{
    const options_t *o = self->call->options;
    cause_t why;
    if (o->vkey && read_vkey(self, &why) != 0)
        return call_fail(self->call, DONE_USAGE, "%s", why.text);
    return verify_log_backup(self->call, o->backup, o->vkey ? &self->vkey : NULL);
}

static done_t run(const call_t *call)
{
    const options_t *o = call->options;
    verify_t self = {.call = call};
    int ways = (call->operands > 0) + (o->journal != NULL) + (o->backup != NULL);
    if (ways != 1)
        return call_usage(call, "either files, or --journal DIR, or --backup DIR");
    if (o->backup)
        return verify_backup(&self);
    if ((o->cms != NULL) != (o->cms_ca.n > 0) || (o->cms && call->operands != 1))
        return call_usage(
            call, "--cms goes with --cms-ca, and with the one message it signs");
    done_t done = o->journal ? verify_journal(&self) : verify_files(&self);
    keyring_destroy(&self.keys);
    return done;
}

const command_t cmd_verify = {
    .name = "verify",
    .operands = "FILE|ID|NUMBER...",
    .summary = "prove messages, receipts, deliveries or a journal, offline",
    .options = options,
    .options_size = sizeof(options_t),
    .among = AMONG_INBOX,
    .run = run,
    .notes = "FILE is a message of sent/ or inbox/; its .seal and .tlog-proof lie beside "
             "it.  In a\n"
             "node's folder the keys are found: hub.vkey, certs/ca.pem, certs/crl.pem, "
             "certs/known.\n"
             "Only public keys are used, and no network.\n\n"
             "  dabyl verify inbox/*.json\n"
             "  dabyl verify attachments/sent/*.attachment\n"
             "  dabyl verify sent/ID.json --cms ID.p7s --cms-ca national-ca.pem\n"
             "  dabyl verify --journal hub/journal --vkey hub.vkey --ca ca.pem\n"
             "  dabyl verify --backup /backup/hub --vkey hub.vkey\n",
};
