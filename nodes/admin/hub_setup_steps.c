// hub_setup_steps - keys, certificates, roster, the seal of the rules.
//
// What other commands do is done by them, as a person would say them one after the other.
// Whatever is whole is left as it is, so that who was interrupted, or killed, says it
// again: what comes in several files has its name when all of them are there.

#include "certs/ca_command.h"
#include "lib/base/catalogue.h"
#include "lib/base/file.h"
#include "lib/base/standard.h"
#include "lib/base/times.h"
#include "lib/config/hub_options.h"
#include "lib/pki/answer.h"
#include "nodes/admin/hub_setup.h"
#include "nodes/commands/commands.h"
#include "nodes/upkeep/beside.h"
#include "nodes/upkeep/hub_files.h"
#include "nodes/upkeep/share.h"

#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { WORDS_MAX = 24, FILE_MAX = 1 << 20 };

// Whom certificates are for.
typedef enum { HUB, NODE, OFFICER, HOLDERS } holder_of_t;

typedef struct {
    const call_t *call;
    const hub_setup_t *wish;
    char place[HOLDERS][PATH_MAX]; // the folder of each
    const char *name[HOLDERS];
} setup_t;

static int in(char out[PATH_MAX], const char *folder, const char *name, cause_t *why)
{
    return path_join(out, PATH_MAX, folder, name, why);
}

static bool is_there(const char *folder, const char *name)
{
    char path[PATH_MAX];
    cause_t ignored;
    return in(path, folder, name, &ignored) == 0 && access(path, F_OK) == 0;
}

// Another command, of which only what goes wrong is shown.  The words end with NULL.
static int run(const setup_t *self, const char *const *words, cause_t *why)
{
    char *argv[WORDS_MAX + 1];
    int argc = 0;
    while (words[argc] && argc < WORDS_MAX) {
        argv[argc] = (char *)words[argc]; // read, and put in another order
        argc++;
    }
    argv[argc] = NULL;
    if (standard_flush(why) != 0)
        return -1;
    int shown = dup(STDOUT_FILENO), nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
    (void)dup2(nowhere, STDOUT_FILENO);
    common_t common = self->call->common;
    done_t done = command_dispatch(commands_all, "dabyl", common, argc, argv);
    int result = standard_flush(why);
    (void)dup2(shown, STDOUT_FILENO);
    (void)close(shown);
    (void)close(nowhere);
    if (done != DONE_OK)
        return cause_set(why, say("`dabyl %s %s` did not succeed"), words[0], words[1]);
    return result;
}

#define RUN(self, why, ...) run(self, (const char *const[]){__VA_ARGS__, NULL}, why)

static int copy(const char *from, const char *to, mode_t mode, cause_t *why)
{
    buf_t bytes = {0};
    int result = file_read(from, FILE_MAX, &bytes, why);
    if (result == 0)
        result = file_replace(to, buf_span(&bytes), mode, why);
    buf_destroy(&bytes);
    return result;
}

// --------------------------------------------------------------------------------
// The hub's folder, and the CA.

static int same_log(const hub_setup_t *wish, cause_t *why)
{
    char path[PATH_MAX];
    hub_options_t conf;
    if (in(path, wish->folder, "hub.conf", why) != 0 ||
        conf_read(hub_options_table, path, &conf, why) != 0)
        return -1;
    int result = strcmp(conf.origin, wish->origin) == 0
                     ? 0
                     : cause_set(why, say("%s is the hub of the log %s already"),
                           wish->folder, conf.origin);
    conf_free(hub_options_table, &conf);
    return result;
}

static int make_hub(const setup_t *self, cause_t *why)
{
    const hub_setup_t *wish = self->wish;
    char vkey[VKEY_MAX], absent[512];
    (void)snprintf(absent, sizeof absent, "%s", wish->absent);
    for (char *comma = absent; (comma = strchr(comma, ',')) != NULL;)
        *comma = ' ';
    const hub_files_t files = {.folder = wish->folder,
        .origin = wish->origin,
        .listen = wish->listen,
        .share = wish->share,
        .join = wish->join,
        .absent = absent};
    return is_there(wish->folder, "hub.conf") ? same_log(wish, why)
                                              : hub_files_make(&files, vkey, why);
}

// A CA is whole when it has its first CRL; one that is not has issued nothing.
static int make_ca(const setup_t *self, const char *ca, cause_t *why)
{
    char unfinished[PATH_MAX];
    const hub_setup_t *wish = self->wish;
    if (is_there(ca, "crl.pem"))
        return 0;
    if (in(unfinished, wish->folder, "ca.unfinished", why) != 0)
        return -1;
    folder_remove(unfinished);
    int result = wish->passphrase
                     ? RUN(self, why, "ca", "init", "--ca", unfinished, "--org",
                           wish->organisation, "--passphrase-file", wish->passphrase)
                     : RUN(self, why, "ca", "init", "--ca", unfinished, "--org",
                           wish->organisation, "--no-passphrase");
    if (result == 0 && rename(unfinished, ca) != 0)
        result = cause_errno(why, "%s", ca);
    return result == 0 ? folder_sync(wish->folder, why) : -1;
}

// --------------------------------------------------------------------------------
// Certificates: of the hub, of the first node and of its officer.

static bool is_certified(const setup_t *self, holder_of_t who)
{
    const char *place = self->place[who];
    return is_there(place, "certs/seal.pem") && is_there(place, "certs/ca.pem") &&
           is_there(place, "certs/crl.pem") &&
           (who == OFFICER || is_there(place, "certs/channel.pem"));
}

static int ask_ca(const setup_t *self, holder_of_t who, const char *out, cause_t *why)
{
    const hub_setup_t *wish = self->wish;
    const char *place = self->place[who];
    if (folder_make(place, 0700, why) != 0)
        return -1;
    if (who == OFFICER)
        return RUN(self, why, "ca", "request", "--dir", place, "--id", wish->officer,
            "--officer-of", wish->node, "--org", wish->organisation, "--out", out);
    return RUN(self, why, "ca", "request", "--dir", place, "--id", self->name[who],
        "--role", who == HUB ? "hub" : "nccis", "--org", wish->organisation, "--out",
        out);
}

// What was issued before an interruption has to be issued anew: the CA names nobody
// twice.
static int sign_here(const setup_t *self, const char *ca, const char *request,
    holder_of_t who, cause_t *why)
{
    char out[PATH_MAX], issued[PATH_MAX];
    const hub_setup_t *wish = self->wish;
    const char *file = wish->passphrase ? wish->passphrase : "/dev/null";
    if (in(out, self->place[who], "certs", why) != 0 ||
        in(issued, self->place[who], ".issuing", why) != 0)
        return -1;
    bool again = access(issued, F_OK) == 0;
    if (file_replace(issued, span_text("being issued\n"), 0600, why) != 0)
        return -1;
    int result = -1;
    if (again)
        result = RUN(self, why, "ca", "renew", self->name[who], "--ca", ca, "--out", out,
            "--passphrase-file", file);
    if (result != 0)
        result = RUN(self, why, "ca", "sign", request, "--yes", "--ca", ca, "--out", out,
            "--passphrase-file", file);
    if (result == 0)
        (void)unlink(issued);
    return result;
}

static int certify_here(const setup_t *self, cause_t *why)
{
    char ca[PATH_MAX], request[PATH_MAX];
    if (in(ca, self->wish->folder, "ca", why) != 0 || make_ca(self, ca, why) != 0)
        return -1;
    for (holder_of_t who = HUB; who < HOLDERS; who++) {
        if (is_certified(self, who))
            continue;
        if (in(request, self->place[who], "request.pem", why) != 0 ||
            ask_ca(self, who, request, why) != 0 ||
            sign_here(self, ca, request, who, why) != 0)
            return -1;
    }
    return 0;
}

static int file_of(const setup_t *self, holder_of_t who, const char *ending,
    char out[PATH_MAX], cause_t *why)
{
    char name[128];
    (void)snprintf(name, sizeof name, "requests/%.80s.%s", self->name[who], ending);
    return in(out, self->wish->folder, name, why);
}

// Whether all that is asked of the CA has its answer.
static int read_answers(
    const setup_t *self, answer_t answer[HOLDERS], size_t *n, cause_t *why)
{
    char path[PATH_MAX];
    *n = 0;
    for (holder_of_t who = HUB; who < HOLDERS; who++) {
        if (file_of(self, who, "answer", path, why) != 0)
            return -1;
        if (access(path, F_OK) != 0)
            return 0;
        if (answer_read(&answer[*n], path, why) != 0)
            return -1;
        if (strcmp(answer[*n].name, self->name[who]) != 0 ||
            answer_check(&answer[*n], clock_now().wall_ms, why) != 0) {
            if (strcmp(answer[*n].name, self->name[who]) != 0)
                (void)cause_set(why, say("it is for %s"), answer[*n].name);
            answer_close(&answer[*n]);
            return cause_prefix(why, "%s", path);
        }
        ++*n;
    }
    return 0;
}

static int unpack(const setup_t *self, const answer_t *answer, cause_t *why)
{
    char certs[PATH_MAX];
    for (holder_of_t who = HUB; who < HOLDERS; who++)
        if (in(certs, self->place[who], "certs", why) != 0 ||
            folder_make(certs, 0755, why) != 0 ||
            answer_unpack(&answer[who], certs, why) != 0)
            return -1;
    return 0;
}

static int make_requests(const setup_t *self, cause_t *why)
{
    char path[PATH_MAX];
    if (in(path, self->wish->folder, "requests", why) != 0 ||
        folder_make(path, 0755, why) != 0)
        return -1;
    for (holder_of_t who = HUB; who < HOLDERS; who++)
        if (file_of(self, who, "request", path, why) != 0 ||
            (access(path, F_OK) != 0 && ask_ca(self, who, path, why) != 0))
            return -1;
    return 0;
}

// Read back from the file: what is shown is what the CA will see.
static void print_request(const char *path)
{
    enrol_t request;
    cause_t ignored; // it was just made
    if (enrol_read(&request, path, &ignored) != 0)
        return;
    ca_print_request(&request, stdout);
    enrol_close(&request);
}

static void say_what_is_missing(const setup_t *self)
{
    char path[PATH_MAX];
    cause_t ignored;
    puts(
        say("The CA has to answer.  Carry the requests there, compare the digits of "
            "each with its\noperator, and bring the answers back; then say this again:"));
    for (holder_of_t who = HUB; who < HOLDERS; who++) {
        printf("\n  %s/requests/%s.request\n    dabyl ca sign %s.request --answer "
               "%s.answer%s\n  %s/requests/%s.answer\n",
            self->wish->folder, self->name[who], self->name[who], self->name[who],
            who == HUB ? " --hub-key vkey" : "", self->wish->folder, self->name[who]);
        if (file_of(self, who, "request", path, &ignored) == 0)
            print_request(path);
    }
}

static setup_result_t certify_afar(const setup_t *self, char digits[64], cause_t *why)
{
    answer_t answer[HOLDERS];
    size_t n = 0;
    bool whole = true;
    for (holder_of_t who = HUB; who < HOLDERS; who++)
        whole = whole && is_certified(self, who);
    if (whole)
        return SETUP_DONE;
    setup_result_t result = SETUP_FAILED;
    if (make_requests(self, why) == 0 && read_answers(self, answer, &n, why) == 0) {
        if (n < HOLDERS) {
            say_what_is_missing(self);
            result = SETUP_WAITS;
        } else if (!self->wish->trusts) {
            if (answer_digits(&answer[HUB], digits, why) == 0)
                result = SETUP_COMPARE;
        } else if (unpack(self, answer, why) == 0)
            result = SETUP_DONE;
    }
    for (size_t i = 0; i < n; i++)
        answer_close(&answer[i]);
    return result;
}

// --------------------------------------------------------------------------------
// What they are put into: the roster, the node's folder, the seal of the rules.

static int enter(const setup_t *self, holder_of_t who, const char *use, cause_t *why)
{
    char from[PATH_MAX], to[PATH_MAX], name[160];
    (void)snprintf(name, sizeof name, "certs/%s.pem", use);
    if (in(from, self->place[who], name, why) != 0)
        return -1;
    (void)snprintf(name, sizeof name, "roster/%.80s-%s.pem", self->name[who], use);
    return in(to, self->wish->folder, name, why) == 0 ? copy(from, to, 0644, why) : -1;
}

static int fill_roster(const setup_t *self, cause_t *why)
{
    return enter(self, HUB, "seal", why) != 0 || enter(self, NODE, "seal", why) != 0 ||
                   enter(self, NODE, "channel", why) != 0 ||
                   enter(self, OFFICER, "seal", why) != 0
               ? -1
               : 0;
}

// Where a node on this machine finds the hub: "any address" is none.
static void print_endpoint(const char *listen, char *out, size_t room)
{
    const char *port = strrchr(listen, ':');
    bool any = strncmp(listen, "tcp://*", 7) == 0 ||
               strncmp(listen, "tcp://0.0.0.0", 13) == 0 ||
               strncmp(listen, "tcp://[::]", 10) == 0;
    (void)snprintf(
        out, room, any && port ? "tcp://127.0.0.1%s" : "%s", any && port ? port : listen);
}

static int write_node_conf(const setup_t *self, cause_t *why)
{
    char path[PATH_MAX], share[PATH_MAX], endpoint[256];
    buf_t text = {0};
    print_endpoint(self->wish->listen, endpoint, sizeof endpoint);
    if (in(path, self->place[NODE], "node.conf", why) != 0 ||
        share_find(self->wish->share, share, why) != 0)
        return -1;
    if (access(path, F_OK) == 0)
        return 0;
    buf_printf(&text,
        "# The first node of the exchange; see dabyl-node.conf(5).\n"
        "node = \"%s\";\nhub = { endpoints = [\"%s\"]; };\n"
        "crl = \"certs/crl.pem\";\nschemas = \"%s/schemas\";\n",
        self->wish->node, endpoint, share);
    int result = file_replace(path, buf_span(&text), 0644, why);
    buf_destroy(&text);
    return result;
}

static int fill_node(const setup_t *self, cause_t *why)
{
    char from[PATH_MAX], to[PATH_MAX];
    if (in(from, self->wish->folder, "certs/channel.pem", why) != 0 ||
        in(to, self->place[NODE], "certs/hub-channel.pem", why) != 0 ||
        copy(from, to, 0644, why) != 0 ||
        in(from, self->wish->folder, "vkey", why) != 0 ||
        in(to, self->place[NODE], "hub.vkey", why) != 0 || copy(from, to, 0644, why) != 0)
        return -1;
    return write_node_conf(self, why);
}

static int seal_rules(const setup_t *self, cause_t *why)
{
    char rules[PATH_MAX], key[PATH_MAX], cert[PATH_MAX];
    if (is_there(self->wish->folder, "rules/plan.rules.seal"))
        return 0;
    if (in(rules, self->wish->folder, "rules/plan.rules", why) != 0 ||
        in(key, self->place[OFFICER], "keys/seal.key", why) != 0 ||
        in(cert, self->place[OFFICER], "certs/seal.pem", why) != 0)
        return -1;
    return RUN(self, why, "rules", "seal", rules, "--origin", self->wish->origin, "--key",
        key, "--cert", cert);
}

static int find_places(setup_t *self, cause_t *why)
{
    char name[128];
    const hub_setup_t *wish = self->wish;
    self->name[HUB] = wish->id;
    self->name[NODE] = wish->node;
    self->name[OFFICER] = wish->officer;
    (void)snprintf(self->place[HUB], PATH_MAX, "%s", wish->folder);
    (void)snprintf(name, sizeof name, "first/%.80s", wish->node);
    if (in(self->place[NODE], wish->folder, name, why) != 0)
        return -1;
    (void)snprintf(name, sizeof name, "first/%.80s", wish->officer);
    return in(self->place[OFFICER], wish->folder, name, why);
}

setup_result_t hub_setup_go(
    const call_t *call, const hub_setup_t *wish, char digits[64], cause_t *why)
{
    setup_t self = {.call = call, .wish = wish};
    if (find_places(&self, why) != 0 || make_hub(&self, why) != 0)
        return SETUP_FAILED;
    setup_result_t certified =
        wish->ca_here ? certify_here(&self, why) == 0 ? SETUP_DONE : SETUP_FAILED
                      : certify_afar(&self, digits, why);
    if (certified != SETUP_DONE)
        return certified;
    return fill_roster(&self, why) == 0 && fill_node(&self, why) == 0 &&
                   seal_rules(&self, why) == 0
               ? SETUP_DONE
               : SETUP_FAILED;
}

// --------------------------------------------------------------------------------

int hub_setup_check(const char *folder, cause_t *why)
{
    char conf[PATH_MAX];
    if (in(conf, folder, "hub.conf", why) != 0)
        return -1;
    int good = beside_check("dabyl-hub", conf, why);
    if (good == 0)
        (void)cause_set(why, say("the hub would not start, see above"));
    return good == 1 ? 0 : -1;
}

int hub_setup_start(const char *folder, cause_t *why)
{
    char program[PATH_MAX], conf[PATH_MAX];
    beside_find("dabyl-hub", program);
    if (in(conf, folder, "hub.conf", why) != 0 || standard_flush(why) != 0)
        return -1;
    (void)execlp(program, "dabyl-hub", conf, (char *)NULL);
    return cause_errno(why, "dabyl-hub");
}
