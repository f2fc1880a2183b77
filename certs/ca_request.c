// dabyl ca request - make a node's keys where they will stay, and ask for certificates.

#include "certs/ca_command.h"
#include "lib/base/catalogue.h"
#include "lib/base/file.h"

#include <limits.h>

typedef struct {
    const char *dir, *id, *role, *organisation, *officer_of, *office, *territory, *keys,
        *out;
} options_t;

static const option_t options[] = {
    {"dir", OPTION_TEXT, offsetof(options_t, dir), "DIR", ".", "the node's folder"},
    {"id", OPTION_TEXT, offsetof(options_t, id), "ID", NULL,
        "the node's id, or the officer's"},
    {"role", OPTION_TEXT, offsetof(options_t, role), "ROLE", NULL,
        "isoc, nccis, owner, hub ..."},
    {"org", OPTION_TEXT, offsetof(options_t, organisation), "CODE", NULL,
        "code of the organisation, as in the registry"},
    {"officer-of", OPTION_TEXT, offsetof(options_t, officer_of), "NODE", NULL,
        "for a person who seals for this node"},
    {"office", OPTION_TEXT, offsetof(options_t, office), "OFFICE", NULL,
        "the office that this person holds, as rules spell it: head ..."},
    {"territory", OPTION_TEXT, offsetof(options_t, territory), "CODE", NULL,
        "the territory of that office"},
    {"keys", OPTION_TEXT, offsetof(options_t, keys), "DIR", NULL,
        "folder of the keys (else keys/ in the node's)"},
    {"out", OPTION_TEXT, offsetof(options_t, out), "FILE", NULL,
        "the request (else request.pem in the node's folder)"},
    {NULL, OPTION_FLAG, 0, NULL, NULL, NULL},
};

typedef struct {
    char folder[PATH_MAX], seal[PATH_MAX], channel[PATH_MAX], request[PATH_MAX];
} paths_t;

static int find_paths(const options_t *o, paths_t *paths, cause_t *why)
{
    if (o->keys ? path_join(paths->folder, PATH_MAX, o->keys, ".", why) != 0
                : path_join(paths->folder, PATH_MAX, o->dir, "keys", why) != 0)
        return -1;
    const char *keys = o->keys ? o->keys : paths->folder;
    if (path_join(paths->seal, PATH_MAX, keys, "seal.key", why) != 0 ||
        path_join(paths->channel, PATH_MAX, keys, "channel.key", why) != 0)
        return -1;
    if (!o->out)
        return path_join(paths->request, PATH_MAX, o->dir, "request.pem", why);
    return snprintf(paths->request, PATH_MAX, "%s", o->out) < PATH_MAX
               ? 0
               : cause_set(why, "--out: name too long");
}

static void tell_key(const char *path, bool made)
{
    (void)fprintf(stderr,
        made ? say("made %s, which never leaves this machine\n")
             : say("using %s, which is there already\n"),
        path);
}

static int make_request(enrol_t *wish, const paths_t *paths, buf_t *pem, cause_t *why)
{
    enrol_made_t made;
    if (enrol_new(wish, paths->seal, paths->channel, pem, &made, why) != 0)
        return -1;
    tell_key(paths->seal, made.seal);
    if (!holder_is_officer(&wish->holder))
        tell_key(paths->channel, made.channel);
    return 0;
}

static int write_request(enrol_t *wish, const paths_t *paths, cause_t *why)
{
    buf_t pem = {0};
    int result = folder_make(paths->folder, 0700, why);
    if (result == 0)
        result = make_request(wish, paths, &pem, why);
    if (result == 0)
        result = file_replace(paths->request, buf_span(&pem), 0644, why);
    buf_destroy(&pem);
    return result;
}

static int tell(const char *path, bool json, cause_t *why)
{
    // Read back from the file: what is shown is what the CA will see.
    enrol_t request;
    if (enrol_read(&request, path, why) != 0)
        return -1;
    if (json) {
        json_t *line = ca_request_json(&request);
        (void)json_object_set_new(line, "request", json_string(path));
        ca_print_line(line);
    } else {
        ca_print_request(&request, stdout);
        printf(
            "\nSend %s to the CA.  When its operator calls, or you call them, read out\n"
            "the fingerprint: nothing is to be issued before all forty digits agree.\n",
            path);
    }
    enrol_close(&request);
    return 0;
}

static done_t run(const call_t *call)
{
    const options_t *o = call->options;
    cause_t why;
    enrol_t wish = {0};
    paths_t paths;
    if (call->operands)
        return call_usage(call, "nothing stands behind the options");
    if (holder_set(&wish.holder, o->id, o->role, o->organisation, o->officer_of, &why) !=
            0 ||
        holder_set_office(&wish.holder, o->office, o->territory, &why) != 0)
        return call_usage(call, "%s", why.text);
    if (find_paths(o, &paths, &why) != 0 || write_request(&wish, &paths, &why) != 0 ||
        tell(paths.request, call->common.json, &why) != 0)
        return call_fail(call, DONE_NO, "%s", why.text);
    return DONE_OK;
}

const command_t ca_command_request = {
    .name = "request",
    .operands = "",
    .summary = "on the node: make its keys and a request for certificates",
    .options = options,
    .options_size = sizeof(options_t),
    .run = run,
    .notes = "Writes keys/seal.key (Ed25519) and keys/channel.key (X25519), mode 0600, "
             "unless\n"
             "they are there, and a PKCS#10 request.  An officer has no channel key.\n",
};
