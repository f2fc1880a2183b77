// dabyl ca browser - a certificate for the browser of an officer who is certified
// already.
//
// The key is made here, and leaves in a PKCS#12 file whose passphrase is shown once: a
// browser has no way to ask for a certificate by a request.  The key only opens a
// console; what an officer seals is sealed with another one.

#include "certs/ca_command.h"
#include "certs/pkcs12.h"
#include "lib/base/catalogue.h"
#include "lib/base/file.h"

#include <limits.h>
#include <sodium.h>
#include <string.h>
#include <unistd.h>

typedef struct {
    const char *ca, *out, *passphrase_file;
    int64_t days;
} options_t;

static const option_t options[] = {
    {"ca", OPTION_TEXT, offsetof(options_t, ca), "DIR", NULL, CA_FOLDER_HELP},
    {"days", OPTION_NUMBER, offsetof(options_t, days), "N", CERTIFICATE_DAYS,
        "lifetime (operational default), at most that of the seal"},
    {"out", OPTION_TEXT, offsetof(options_t, out), "FILE", NULL,
        "the PKCS#12 file (else ID-browser.p12)"},
    {"passphrase-file", OPTION_TEXT, offsetof(options_t, passphrase_file), "FILE", NULL,
        PASSPHRASE_HELP},
    {NULL, OPTION_FLAG, 0, NULL, NULL, NULL},
};

// The sealing certificate in force that ends last, or NULL.
static const issued_t *find_seal(const ledger_t *ledger, const char *name, int64_t now_ms)
{
    const issued_t *found = NULL;
    for (size_t i = 0; i < ledger->n; i++) {
        const issued_t *entry = &ledger->entry[i];
        if (strcmp(entry->holder.name, name) == 0 && entry->use == CERT_SEAL &&
            issued_standing(entry, now_ms) == IN_FORCE &&
            (!found || entry->not_after_ms >= found->not_after_ms))
            found = entry;
    }
    return found;
}

static int find_officer(const ca_t *ca, const ledger_t *ledger, const char *name,
    int64_t days, issued_t *entry, cause_t *why)
{
    int64_t now_ms = ca_now_ms();
    const issued_t *seal = find_seal(ledger, name, now_ms);
    if (!seal)
        return cause_set(why,
            "%s has no certificate in force; an officer is enrolled with `dabyl ca sign` "
            "before a browser",
            name);
    if (!holder_is_officer(&seal->holder))
        return cause_set(why, "%s is a node, and browsers are officers'", name);
    *entry = (issued_t){.holder = seal->holder, .use = CERT_BROWSER};
    if (ca_period(NULL, days, now_ms, &entry->not_before_ms, &entry->not_after_ms, why) !=
        0)
        return -1;
    if (entry->not_before_ms < seal->not_before_ms)
        entry->not_before_ms = seal->not_before_ms;
    if (entry->not_before_ms < ca_from_ms(ca))
        entry->not_before_ms = ca_from_ms(ca);
    if (entry->not_after_ms > seal->not_after_ms)
        entry->not_after_ms = seal->not_after_ms;
    return 0;
}

// A file that is there may be the only copy of a key.
static int check_path(const char *path, cause_t *why)
{
    return access(path, F_OK) != 0 ? 0
                                   : cause_set(why,
                                         "%s: there is such a file; name "
                                         "another with --out",
                                         path);
}

static int print_path(
    const options_t *o, const char *name, char path[PATH_MAX], cause_t *why)
{
    int size = o->out ? snprintf(path, PATH_MAX, "%s", o->out)
                      : snprintf(path, PATH_MAX, "%s-browser.p12", name);
    return size < PATH_MAX ? check_path(path, why)
                           : cause_set(why, "--out: name too long");
}

static void tell(
    const issued_t *entry, const char *path, const char *passphrase, bool json)
{
    if (json) {
        json_t *line = ca_entry_json(entry, entry->issued_ms);
        (void)json_object_set_new(line, "file", json_string(path));
        (void)json_object_set_new(line, "passphrase", json_string(passphrase));
        ca_print_line(line);
        return;
    }
    ca_print_entries(&entry, 1, entry->issued_ms);
    printf(say("\nwrote %s: %s imports it into the browser\n"
               "passphrase    %s\n"
               "It is shown this once and kept nowhere: hand it over on another way than "
               "the "
               "file.\n"),
        path, entry->holder.name, passphrase);
}

static int write_file(const issued_t *entry, EVP_PKEY *key, const cert_t *cert,
    const char *path, bool json, cause_t *why)
{
    char passphrase[PKCS12_PASSPHRASE];
    buf_t file = {0};
    pkcs12_passphrase(passphrase);
    int result =
        pkcs12_print(key, buf_span(&cert->der), passphrase, cert->name, &file, why);
    if (result == 0)
        result = file_create(path, buf_span(&file), 0600, why);
    if (result == 0)
        tell(entry, path, passphrase, json);
    else
        (void)cause_prefix(why,
            "issued, but not written, and the key is gone; revoke %s and begin again",
            entry->serial);
    buf_destroy(&file);
    sodium_memzero(passphrase, sizeof passphrase);
    return result;
}

static int issue(ca_t *ca, issued_t *entry, const char *path, bool json, cause_t *why)
{
    cert_t cert;
    EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");
    if (!key)
        return cause_set(why, "OpenSSL cannot make a key");
    int result = ca_issue_browser(ca, entry, key, ca_now_ms(), &cert, why);
    if (result == 0) {
        result = write_file(entry, key, &cert, path, json, why);
        cert_close(&cert);
    }
    EVP_PKEY_free(key); // wiped
    return result;
}

// What a command that was cut short has issued opens nothing, since its key was in that
// process alone.
static void say_lost(ca_t *ca, const char *owed, const char *name)
{
    const ledger_t *ledger = ca_ledger(ca);
    const begun_line_t *before = begun_find(ca_begun(ca), owed);
    for (size_t i = 0; before && i < ledger->n; i++) {
        const issued_t *entry = &ledger->entry[i];
        if (entry->use == CERT_BROWSER && !entry->revoked_ms &&
            entry->issued_ms >= before->since_ms && strcmp(entry->holder.name, name) == 0)
            (void)fprintf(stderr,
                say("note: %s was issued when this was cut short, and its key is gone: "
                    "`dabyl ca revoke %s`\n"),
                entry->serial, entry->serial);
    }
}

static int issue_owed(ca_t *ca, issued_t *entry, const options_t *o, const char *path,
    bool json, cause_t *why)
{
    char owed[NODE_ID_MAX + 8];
    cause_t ignored;
    (void)snprintf(owed, sizeof owed, "browser %s", entry->holder.name);
    if (ca_unlock(ca, o->passphrase_file, ca_now_ms(), why) != 0)
        return -1;
    say_lost(ca, owed, entry->holder.name);
    if (ca_owe(ca, owed, ca_now_ms(), why) != 0)
        return -1;
    int result = issue(ca, entry, path, json, why);
    if (ca_paid(ca, owed, result == 0 ? why : &ignored) != 0) // what failed was told
        result = -1;
    return result;
}

static int browser(const options_t *o, const char *name, bool json, cause_t *why)
{
    char path[PATH_MAX];
    issued_t entry;
    int result = -1;
    ca_t *ca = ca_begin(ca_folder(o->ca), CA_CHANGE, why);
    if (ca && find_officer(ca, ca_ledger(ca), name, o->days, &entry, why) == 0 &&
        print_path(o, name, path, why) == 0)
        result = issue_owed(ca, &entry, o, path, json, why);
    ca_close(&ca);
    return result;
}

static done_t run(const call_t *call)
{
    const options_t *o = call->options;
    cause_t why;
    if (call->operands != 1)
        return call_usage(call, "the id of one officer is needed");
    if (o->days < 1 || o->days > 36500)
        return call_usage(call, "--days takes 1 to 36500");
    return browser(o, call->operand[0], call->common.json, &why) == 0
               ? DONE_OK
               : call_fail(call, DONE_NO, "%s", why.text);
}

const command_t ca_command_browser = {
    .name = "browser",
    .operands = "ID",
    .summary = "on the CA: a certificate for an officer's browser",
    .options = options,
    .options_size = sizeof(options_t),
    .run = run,
    .notes = "Writes a PKCS#12 file for the browser and shows its passphrase, once.  It\n"
             "opens the console of the officer's node and seals nothing.\n",
};
