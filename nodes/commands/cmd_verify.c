// dabyl verify - hold what a node or a hub keeps against public keys alone, offline.
//
// A message is named by any of its files; the keys are found in the node's folder around
// it unless they are given.

#include "lib/base/catalogue.h"
#include "nodes/audit/audit.h"
#include "nodes/backup/backup.h"
#include "nodes/backup/chosen.h"
#include "nodes/cli/progress.h"
#include "nodes/cli/screen.h"
#include "nodes/cli/words.h"
#include "nodes/commands/commands.h"
#include "nodes/config/node_paths.h"
#include "nodes/inbox/mail.h"
#include "nodes/inbox/proof.h"
#include "nodes/tools/verify_attachment.h"
#include "nodes/tools/verify_cms.h"

#include "lib/base/times.h"

#include <inttypes.h>
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

static void print_signers(const proven_t *p)
{
    for (size_t i = 0; i < p->signers.n; i++) {
        const cert_t *cert = p->signers.cert[i];
        printf(say("  %s %s (%s%s%s%s%s, %s), key %.16s\n"),
            i == 0 ? say("sealed by") : say("and by officer"), cert->name,
            words_title(&words_roles, cert->role),
            cert->office[0] ? say(", office ") : "",
            words_title(&words_offices, cert->office),
            cert->territory[0] ? say(" in ") : "", cert->territory, cert->organisation,
            cert->key_id);
    }
}

static void print_proven(const verify_t *self, const proven_t *p)
{
    print_signers(p);
    if (p->carries)
        printf(say("  carries what %s sealed%s\n"), p->carried_author,
            p->carried_checked
                ? say(", its seal is good too")
                : say("; NOT checked: no certificate of that author here"));
    printf(say("  taken by the log %s at position %llu, "), p->checkpoint.origin,
        (unsigned long long)p->leaf.position);
    screen_time_ms(stdout, p->leaf.time_ms);
    printf(say("\n  proven in its signed checkpoint of %llu entries\n"),
        (unsigned long long)p->checkpoint.size);
    puts(keyring_checks_revocation(self->keys)
             ? say("  certificates were valid then, and not revoked")
             : say("  certificates were valid then; revocation NOT checked (no --crl)"));
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

static void print_erased(const proven_t *p, const erased_t *erased)
{
    if (!erased->there)
        return;
    printf(say("  erased by law at the hub, which position %llu of its log proves, "),
        (unsigned long long)erased->position);
    screen_time_ms(stdout, erased->at_ms);
    putchar('\n');
    if (p->gone)
        puts(say("  its text is not here any more either: what is proven is that of its "
                 "hash"));
}

static void print_proven_json(
    const char *name, const proven_t *p, const erased_t *erased, const cms_signers_t *cms)
{
    char time[TIME_TEXT];
    time_print(p->leaf.time_ms, time);
    json_t *signers = json_array();
    for (size_t i = 0; i < p->signers.n; i++)
        json_array_append_new(signers, json_string(p->signers.cert[i]->name));
    json_t *object = json_pack("{s:s, s:b, s:s, s:s, s:s, s:I, s:s, s:I, s:o}", "file",
        name, "good", 1, "author", p->leaf.author, "id", p->leaf.id, "kind", p->leaf.kind,
        "position", (json_int_t)p->leaf.position, "time", time, "size",
        (json_int_t)p->checkpoint.size, "signers", signers);
    if (erased->there)
        json_object_set_new(object, "erased",
            json_pack("{s:I, s:b}", "position", (json_int_t)erased->position, "here",
                !p->gone));
    if (cms->n > 0)
        json_object_set_new(object, "cms", verify_cms_json(cms));
    screen_json(stdout, object);
    json_decref(object);
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

static done_t print_fault(const call_t *call, const char *name, const cause_t *why)
{
    if (call->common.json) {
        json_t *object =
            json_pack("{s:s, s:b, s:s}", "file", name, "good", 0, "fault", why->text);
        screen_json(stdout, object);
        json_decref(object);
        return DONE_NO;
    }
    screen_paint(stdout, PAINT_BAD, "NOT GOOD");
    printf("  %s\n  ", name);
    screen_text(stdout, why->text);
    putchar('\n');
    return DONE_NO;
}

static done_t verify_one(verify_t *self, const char *name)
{
    char stem[PATH_MAX];
    cause_t why;
    proven_t proven;
    if (verify_is_attachment(name))
        return verify_attachment(self->call, name, &self->vkey, &why) == 0
                   ? DONE_OK
                   : print_fault(self->call, name, &why);
    erased_t erased;
    if (stem_of(name, stem, &why) != 0 || prove(self, stem, &proven, &why) != 0 ||
        check_erased(self, &proven, &erased, &why) != 0)
        return print_fault(self->call, name, &why);
    const options_t *o = self->call->options;
    bool cms = o->cms != NULL;
    cms_signers_t signers = {0};
    if (cms &&
        verify_cms(o->cms, stem, &o->cms_ca, proven.leaf.time_ms, &signers, &why) != 0)
        return print_fault(self->call, name, &why);
    if (self->call->common.json) {
        print_proven_json(name, &proven, &erased, &signers);
        return DONE_OK;
    }
    screen_paint(stdout, PAINT_GOOD, "GOOD");
    printf("  %s\n", name);
    print_proven(self, &proven);
    print_erased(&proven, &erased);
    if (cms)
        verify_cms_print(&signers);
    return check_why(stem, &why) != 0 ? print_fault(self->call, name, &why) : DONE_OK;
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

// The newest of them, in full.
static void print_acts(const audit_t *audit)
{
    uint64_t first = audit->acts > AUDIT_ACTS ? audit->acts - AUDIT_ACTS : 0;
    for (uint64_t i = first; i < audit->acts; i++) {
        const audit_act_t *act = &audit->act[i % AUDIT_ACTS];
        fputs("    ", stdout);
        screen_time_ms(stdout, act->time_ms);
        fputs("  ", stdout);
        screen_text(stdout, act->operation.by);
        fputs(": ", stdout);
        screen_text(stdout, act->operation.act);
        fputs(act->operation.to[0] ? " " : "", stdout);
        screen_text(stdout, act->operation.to);
        putchar('\n');
    }
}

static void print_audit(const audit_t *audit, const char *folder)
{
    screen_paint(stdout, PAINT_GOOD, "GOOD");
    printf("  %s\n", folder);
    buf_t text = {0};
    audit_print(audit, &text);
    fputs(buf_text(&text), stdout);
    buf_destroy(&text);
    print_acts(audit);
}

static done_t verify_journal(verify_t *self)
{
    const options_t *o = self->call->options;
    cause_t why;
    audit_t audit;
    if (read_vkey(self, &why) != 0)
        return call_fail(self->call, DONE_USAGE, "%s", why.text);
    progress_t progress;
    progress_begin(&progress, say("verifying the journal's entries"), PROGRESS_ITEMS);
    audit_options_t what = {
        o->journal, o->ca.text, o->ca.n, &self->vkey, o->torn, progress_show, &progress};
    int result = audit_journal(&audit, &what, &why);
    progress_end(&progress);
    if (result != 0)
        return print_fault(self->call, o->journal, &why);
    if (self->call->common.json) {
        json_t *object = audit_json(&audit);
        screen_json(stdout, object);
        json_decref(object);
    } else
        print_audit(&audit, o->journal);
    return DONE_OK;
}

static void print_backup(const backup_check_t *check, const char *folder)
{
    screen_paint(stdout, PAINT_GOOD, say("GOOD"));
    printf("  %s\n", folder);
    printf(say("  the log %s up to entry %" PRIu64 ", backed up "), check->vkey.origin,
        check->checkpoint.size);
    screen_time_ms(stdout, check->made_ms);
    printf(say("\n  %" PRIu64 " segments, %" PRIu64 " files, %" PRIu64
               " attachments: each has its digest, the entries have the checkpoint's "
               "root\n"),
        check->segments, check->files, check->attachments);
    if (check->erased > 0)
        printf(say("  documents that were erased by law, and the log says so: %" PRIu64
                   "\n"),
            check->erased);
    if (check->beyond > 0)
        printf(say("  %" PRIu64 " bytes behind it are of a backup that was interrupted: "
                   "say it again\n"),
            check->beyond);
}

static void print_backup_json(const backup_check_t *check, const char *folder)
{
    char made[TIME_TEXT];
    time_print(check->made_ms, made);
    json_t *object = json_pack("{s:s, s:b, s:s, s:I, s:s, s:I, s:I, s:I, s:I, s:I}",
        "backup", folder, "good", 1, "origin", check->vkey.origin, "size",
        (json_int_t)check->checkpoint.size, "made", made, "segments",
        (json_int_t)check->segments, "files", (json_int_t)check->files, "attachments",
        (json_int_t)check->attachments, "beyond", (json_int_t)check->beyond, "erased",
        (json_int_t)check->erased);
    screen_json(stdout, object);
    json_decref(object);
}

// Its own key is believed where none is given: it says which log it is of.
static done_t verify_backup(verify_t *self)
{
    const options_t *o = self->call->options;
    cause_t why;
    backup_check_t check;
    if (o->vkey && read_vkey(self, &why) != 0)
        return call_fail(self->call, DONE_USAGE, "%s", why.text);
    progress_t progress;
    progress_begin(&progress, say("verifying the backup"), PROGRESS_ITEMS);
    int result =
        backup_verify(o->backup, o->vkey ? &self->vkey : NULL, &progress, &check, &why);
    progress_end(&progress);
    if (result != 0)
        return print_fault(self->call, o->backup, &why);
    if (self->call->common.json)
        print_backup_json(&check, o->backup);
    else
        print_backup(&check, o->backup);
    return DONE_OK;
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
