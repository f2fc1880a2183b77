// check_law - the files of the law beside a hub, and the marks of its log.

#include "lib/base/catalogue.h"
#include "nodes/doctor/checks.h"

#include "lib/base/file.h"
#include "lib/pki/roster.h"
#include "lib/pki/rulesseal.h"
#include "lib/rules/rules.h"
#include "lib/tlog/logmark.h"
#include "nodes/upkeep/hub_files.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SCHEMA_MAX = 4 << 20 };

typedef struct {
    const patient_t *patient;
    const rules_t *rules;
    const roster_t *roster;
    findings_t *out;
    advice_t again; // how a pack is sealed
} law_look_t;

// A seal stays good when its officer's certificate has ended; after a revocation somebody
// has to look.
static void judge_officer(law_look_t *self, const char *path, const rulesseal_t *seal)
{
    const char *refusal = NULL;
    const cert_t *cert = roster_any_seal(self->roster, seal->key_id);
    const member_t *node = roster_member(self->roster, cert->node);
    const cert_t *good =
        roster_by_seal(self->roster, seal->key_id, self->patient->now.wall_ms, &refusal);
    if (strcmp(cert->role, "officer") != 0 || !node || strcmp(node->role, "nccis") != 0)
        found(self->out, FOUND_CRITICAL, path, self->again.text,
            say("sealed by %s, who is no officer of an nccis node"), cert->name);
    else if (!good && strcmp(refusal, "revoked") == 0)
        found(self->out, FOUND_WARNING, path, self->again.text,
            say("sealed by %s, whose certificate was revoked: have another officer look "
                "and seal it"),
            cert->name);
    else if (!good)
        found(self->out, FOUND_NOTE, path, self->again.text,
            say("sealed by %s, whose certificate has ended: it stays in force until it "
                "is "
                "changed"),
            cert->name);
    else
        found(self->out, FOUND_OK, path, NULL, say("sealed by %s, officer of %s"),
            cert->name, cert->node);
}

static int read_seal(const char *path, rulesseal_t *seal, cause_t *why)
{
    char name[PATH_MAX];
    buf_t text = {0};
    (void)snprintf(name, sizeof name, "%s.seal", path);
    int result = file_read(name, RULESSEAL_MAX, &text, why);
    if (result == 0)
        result = rulesseal_parse(seal, buf_span(&text), why);
    buf_destroy(&text);
    return result;
}

static void judge_pack(law_look_t *self, size_t i)
{
    const char *path = rules_pack_path(self->rules, i);
    rulesseal_t seal;
    cause_t why;
    advise(&self->again, "dabyl rules seal %s --origin %s --key KEY --cert CERTIFICATE",
        path, self->patient->hub.origin);
    if (read_seal(path, &seal, &why) != 0) {
        found(self->out, FOUND_CRITICAL, path, self->again.text,
            say("the rules are not sealed: %s"), why.text);
        return;
    }
    const cert_t *cert = roster_any_seal(self->roster, seal.key_id);
    if (!cert)
        found(self->out, FOUND_CRITICAL, path, self->again.text,
            say("sealed by key %.16s..., which is in no certificate of the roster"),
            seal.key_id);
    else if (rulesseal_check(&seal, self->patient->hub.origin,
                 rules_pack_text(self->rules, i), cert->key, &why) != 0)
        found(self->out, FOUND_CRITICAL, path, self->again.text, "%s", why.text);
    else
        judge_officer(self, path, &seal);
}

void check_rules(const patient_t *patient, findings_t *out)
{
    const hub_options_t *conf = &patient->hub;
    cause_t why;
    advice_t room;
    if (access(conf->rules, R_OK) != 0 || access(conf->roster, R_OK | X_OK) != 0) {
        found_closed(out, conf->rules);
        return;
    }
    rules_t *rules = rules_open(conf->rules, &why);
    if (!rules) {
        found(out, FOUND_CRITICAL, NULL,
            advise(&room, "dabyl rules check %s", conf->rules), "%s", why.text);
        return;
    }
    roster_t *roster = roster_open(conf->roster, conf->ca, conf->crl, NULL, 0, &why);
    if (roster) // else it was said of the roster
        for (size_t i = 0; i < rules_packs(rules); i++)
            judge_pack(&(law_look_t){patient, rules, roster, out, {{0}}}, i);
    roster_close(&roster);
    rules_close(&rules);
}

static bool differs(const char *ours, const char *theirs, const char *name)
{
    char path[2][PATH_MAX];
    buf_t text[2] = {{0}, {0}};
    cause_t ignored;
    bool same = path_join(path[0], PATH_MAX, ours, name, &ignored) == 0 &&
                path_join(path[1], PATH_MAX, theirs, name, &ignored) == 0 &&
                file_read(path[0], SCHEMA_MAX, &text[0], &ignored) == 0 &&
                file_read(path[1], SCHEMA_MAX, &text[1], &ignored) == 0 &&
                span_equal(buf_span(&text[0]), buf_span(&text[1]));
    buf_destroy(&text[0]);
    buf_destroy(&text[1]);
    return !same;
}

static const char *schemas_of(const patient_t *patient)
{
    return patient->kind == PATIENT_HUB ? patient->hub.schemas : patient->node.schemas;
}

// Compared with those that came with the program that runs this.
void check_schemas(const patient_t *patient, findings_t *out)
{
    char share[PATH_MAX], shipped[PATH_MAX];
    const char *own = schemas_of(patient);
    names_t names = {0};
    cause_t why;
    advice_t room;
    size_t other = 0;
    if (!own[0] || hub_files_share(share, &why) != 0 ||
        path_join(shipped, sizeof shipped, share, "schemas", &why) != 0)
        return; // the hub's are what counts; or there is nothing to compare with
    if (access(own, R_OK | X_OK) != 0) {
        found_closed(out, own);
        return;
    }
    if (names_list(&names, shipped, ".json", &why) == 0)
        for (size_t i = 0; i < names.n; i++)
            other += differs(own, shipped, names.name[i]);
    if (other)
        found(out, FOUND_NOTE, own,
            advise(&room, "diff -r %s %s; cp %s/*.json %s", shipped, own, shipped, own),
            say("%zu schemas are other ones than came with this version"), other);
    else
        found(out, FOUND_OK, own, NULL, say("the schemas are those of this version"));
    names_free(&names);
}

static bool has_segments(const char *journal)
{
    names_t names = {0};
    cause_t ignored;
    char path[PATH_MAX];
    bool has = path_join(path, sizeof path, journal, "segments", &ignored) == 0 &&
               names_list(&names, path, "", &ignored) == 0 && names.n > 0;
    names_free(&names);
    return has;
}

static bool on_one_disk(const char *a, const char *b)
{
    struct stat one, other;
    return stat(a, &one) == 0 && stat(b, &other) == 0 && one.st_dev == other.st_dev;
}

static int read_mark(const char *path, logmark_t *mark, cause_t *why)
{
    if (logmark_read(mark, path, why) != 0)
        return -1;
    return mark->there ? 0 : cause_set(why, "%s: it is not there", path);
}

static bool read_marks(const char *const path[2], logmark_t mark[2], findings_t *out)
{
    cause_t why;
    for (size_t i = 0; i < 2; i++) {
        if (access(path[i], R_OK) != 0 && errno == EACCES) {
            found_closed(out, path[i]);
            return false;
        }
        if (read_mark(path[i], &mark[i], &why) == 0)
            continue;
        found(out, FOUND_CRITICAL, NULL, say("hub/OPERATIONS.md, before any restart"),
            say("a mark of the log cannot be read: %s"), why.text);
        return false;
    }
    return true;
}

void check_marks(const patient_t *patient, findings_t *out)
{
    const hub_options_t *conf = &patient->hub;
    char path[PATH_MAX];
    const char *const paths[2] = {conf->mark, path};
    logmark_t mark[2];
    cause_t ignored;
    if (path_join(path, sizeof path, conf->state, "log.mark", &ignored) != 0 ||
        (!has_segments(conf->journal) && access(conf->mark, F_OK) != 0))
        return; // no log was begun yet
    if (!read_marks(paths, mark, out))
        return;
    if (memcmp(mark[0].vkey.key, mark[1].vkey.key, sizeof mark[0].vkey.key) != 0)
        found(out, FOUND_CRITICAL, conf->mark,
            say("hub/OPERATIONS.md, before any restart"),
            say("the two marks are of different logs"));
    else if (on_one_disk(conf->mark, conf->journal))
        found(out, FOUND_NOTE, conf->mark, "mark = \"/OTHER/DISK/log.mark\";",
            say("it lies on the journal's disk, and goes with it"));
    else
        found(out, FOUND_OK, conf->mark, NULL, say("the marks of the log are there"));
}
