// hub_files - hub.conf is written last: a folder without it is no hub yet, and init may
// be run again.

#include "nodes/upkeep/hub_files.h"

#include "lib/base/catalogue.h"
#include "lib/base/file.h"
#include "lib/base/memory.h"
#include "lib/config/hub_options.h"
#include "lib/pki/keyfile.h"
#include "nodes/upkeep/share.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { COPIED_MAX = 16 * 1024 * 1024 };

static bool is_there(const char *folder, const char *name)
{
    char path[PATH_MAX];
    cause_t ignored;
    return path_join(path, sizeof path, folder, name, &ignored) == 0 &&
           access(path, F_OK) == 0;
}

int hub_files_share(char out[PATH_MAX], cause_t *why)
{
    return share_find(NULL, out, why);
}

static int copy(
    const char *from_folder, const char *name, const char *to_folder, cause_t *why)
{
    char from[PATH_MAX], to[PATH_MAX];
    buf_t bytes = {0};
    int result = -1;
    if (path_join(from, sizeof from, from_folder, name, why) == 0 &&
        path_join(to, sizeof to, to_folder, name, why) == 0 &&
        file_read(from, COPIED_MAX, &bytes, why) == 0)
        result = file_replace(to, buf_span(&bytes), 0644, why);
    buf_destroy(&bytes);
    return result;
}

static int copy_all(const char *from, const char *ending, const char *to, cause_t *why)
{
    names_t names = {0};
    int result = names_list(&names, from, ending, why);
    for (size_t i = 0; i < names.n && result == 0; i++)
        result = copy(from, names.name[i], to, why);
    names_free(&names);
    return result;
}

static int copy_share(const hub_files_t *self, cause_t *why)
{
    char share[PATH_MAX], from[PATH_MAX], to[PATH_MAX];
    if (share_find(self->share, share, why) != 0 ||
        path_join(from, sizeof from, share, "schemas", why) != 0 ||
        path_join(to, sizeof to, self->folder, "schemas", why) != 0 ||
        copy_all(from, ".json", to, why) != 0)
        return -1;
    const char *etc = is_there(share, "etc") ? "etc" : "hub/etc";
    if (path_join(from, sizeof from, share, etc, why) != 0 ||
        path_join(to, sizeof to, self->folder, "rules", why) != 0)
        return -1;
    return copy_all(from, ".rules", to, why);
}

// The registry begins empty: what stands in it decides who is told, so people have to
// write it.  Its mode is 0600, since the list of critical objects that it will hold is
// confidential.
static int make_registry(const hub_files_t *self, cause_t *why)
{
    static const char text[] = "# Who serves whom: see dabyl-registry(5), which has an "
                               "example.  Not for others.\n"
                               "\n"
                               "organisations = ( );\n"
                               "\n"
                               "objects = ( );\n";
    char path[PATH_MAX];
    if (path_join(path, sizeof path, self->folder, "registry.conf", why) != 0)
        return -1;
    return is_there(self->folder, "registry.conf")
               ? 0
               : file_create(path, span_text(text), 0600, why);
}

static int make_folders(const hub_files_t *self, cause_t *why)
{
    // Who may enter run/ may ask the hub to stop; the journal holds every document.
    static const struct {
        const char *name;
        mode_t mode;
    } folders[] = {{".", 0755}, {"keys", 0700}, {"certs", 0755}, {"roster", 0755},
        {"rules", 0755}, {"schemas", 0755}, {"journal", 0700}, {"state", 0700},
        {"run", 0700}};
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        char path[PATH_MAX];
        if (path_join(path, sizeof path, self->folder, folders[i].name, why) != 0 ||
            folder_make(path, folders[i].mode, why) != 0)
            return -1;
    }
    return 0;
}

int hub_files_vkey(
    const char *key_path, const char *origin, char vkey[VKEY_MAX], cause_t *why)
{
    seal_key_t key;
    log_vkey_t log;
    if (keyfile_read_ed25519(key_path, &key, why) != 0)
        return -1;
    int result = log_vkey_of(&log, origin, key.public_key, why);
    explicit_bzero(&key, sizeof key);
    if (result == 0)
        log_vkey_print(&log, vkey);
    return result;
}

static int make_log_key(const hub_files_t *self, char vkey[VKEY_MAX], cause_t *why)
{
    char path[PATH_MAX], public_path[PATH_MAX], line[VKEY_MAX + 1];
    if (path_join(path, sizeof path, self->folder, "keys/log.key", why) != 0 ||
        path_join(public_path, sizeof public_path, self->folder, "vkey", why) != 0)
        return -1;
    // One from an init that did not get to its end is taken as it is.
    if (access(path, F_OK) != 0 && keyfile_new_ed25519(path, why) != 0)
        return -1;
    if (hub_files_vkey(path, self->origin, vkey, why) != 0)
        return -1;
    int length = snprintf(line, sizeof line, "%s\n", vkey);
    return file_replace(public_path, span_of(line, (size_t)length), 0644, why);
}

// The table of options with what was asked for in place of the defaults.
static void print_conf(const hub_files_t *self, bool succeeds, FILE *out)
{
    size_t n = 0;
    while (hub_options_table[n].key)
        n++;
    conf_option_t *table = memory_new(n + 1, sizeof *table);
    memcpy(table, hub_options_table, n * sizeof *table);
    // In the order of the table.
    static const char before[] = "predecessor.";
    static const char *const names[] = {
        "before/vkey", "before/checkpoint", "before/journal"};
    size_t at = 0;
    for (size_t i = 0; i < n; i++) {
        if (strcmp(table[i].key, "origin") == 0)
            table[i].preset = self->origin;
        if (strcmp(table[i].key, "listen") == 0)
            table[i].preset = self->listen;
        if (succeeds && strncmp(table[i].key, before, sizeof before - 1) == 0)
            table[i].preset = names[at++];
        if (self->absent && strcmp(table[i].key, "absent_roles") == 0)
            table[i].preset = self->absent;
        if (self->join && strcmp(table[i].key, "join.listen") == 0)
            table[i].preset = self->join;
    }
    fputs("# Configuration of a Dabyl hub.  Paths are taken from this file's folder.\n"
          "# Numbers are operational defaults: the plan gives none of them.\n\n",
        out);
    conf_print(table, out);
    free(table);
}

static int write_conf(const hub_files_t *self, bool succeeds, cause_t *why)
{
    char path[PATH_MAX], *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    if (!out)
        abort();
    print_conf(self, succeeds, out);
    if (fclose(out) != 0) // no memory
        abort();
    int result = path_join(path, sizeof path, self->folder, "hub.conf", why);
    if (result == 0)
        result = file_create(path, span_of(text, size), 0644, why);
    free(text);
    return result;
}

static int make(const hub_files_t *self, bool succeeds, char vkey[VKEY_MAX], cause_t *why)
{
    uint8_t no_key[32] = {0};
    log_vkey_t fit;
    if (is_there(self->folder, "hub.conf"))
        return cause_set(
            why, "%s has a hub.conf already; it is left as it is", self->folder);
    // Before anything is made: a name that no log can have.
    if (log_vkey_of(&fit, self->origin, no_key, why) != 0)
        return cause_prefix(why, "--origin");
    if (make_folders(self, why) != 0 || copy_share(self, why) != 0 ||
        make_registry(self, why) != 0 || make_log_key(self, vkey, why) != 0)
        return -1;
    return write_conf(self, succeeds, why);
}

int hub_files_make(const hub_files_t *self, char vkey[VKEY_MAX], cause_t *why)
{
    return make(self, false, vkey, why);
}

int hub_files_succeed(const hub_files_t *self, char vkey[VKEY_MAX], cause_t *why)
{
    return make(self, true, vkey, why);
}

void hub_files_report(const hub_files_t *self, const char *vkey, FILE *out)
{
    const char *d = self->folder;
    fprintf(out,
        say("made %s\n"
            "  the log's public key, for nodes and verifiers (also in %s/vkey):\n"
            "  %s\n"
            "  the private one is %s/keys/log.key: keep a copy offline;\n"
            "  whoever has it can speak for this log\n"
            "next\n"
            "  1  the hub's own keys and certificates: dabyl ca request, then dabyl ca "
            "sign\n"
            "  2  copy the CA's ca.pem and crl.pem to %s/certs, and into %s/roster, "
            "under\n"
            "     names of your own, the certificates of nodes and officers and the "
            "hub's\n"
            "     own seal.pem: receivers of what it derives check it\n"
            "  3  write %s/registry.conf: who serves whom\n"
            "  4  an officer of nccis seals the rules: dabyl rules seal "
            "%s/rules/plan.rules\n"
            "  5  dabyl-hub -n %s/hub.conf checks it all\n"),
        d, d, vkey, d, d, d, d, d, d);
}
