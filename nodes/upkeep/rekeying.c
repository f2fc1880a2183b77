// rekeying - four files cannot change places at once: next/whole says that all of them
// are good, and from then on there is only going on.

#include "nodes/upkeep/rekeying.h"

#include "lib/base/catalogue.h"
#include "lib/base/file.h"
#include "lib/base/folder.h"
#include "nodes/upkeep/renewing.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int in(
    const node_conf_t *conf, const char *name, char path[PATH_MAX], cause_t *why)
{
    char inside[64];
    (void)snprintf(inside, sizeof inside, "next%s%s", name[0] ? "/" : "", name);
    return path_join(path, PATH_MAX, conf->folder, inside, why);
}

// The daemon reads its keys as their owner.
static int check_user(const node_conf_t *conf, cause_t *why)
{
    struct stat info;
    if (stat(conf->seal_key, &info) != 0)
        return cause_errno(why, "%s", conf->seal_key);
    return info.st_uid == geteuid()
               ? 0
               : cause_set(why,
                     say("the node's keys are user %ld's: do this as that user"),
                     (long)info.st_uid);
}

static int set_holder(const node_conf_t *conf, enrol_t *wish, cause_t *why)
{
    cert_t cert;
    if (cert_read(&cert, conf->seal_certificate, why) != 0)
        return -1;
    *wish = (enrol_t){0};
    holder_of_cert(&wish->holder, &cert);
    cert_close(&cert);
    return 0;
}

int rekeying_request(const node_conf_t *conf, enrol_t *request, cause_t *why)
{
    char folder[PATH_MAX], seal[PATH_MAX], channel[PATH_MAX], path[PATH_MAX];
    enrol_made_t ignored;
    buf_t pem = {0};
    if (check_user(conf, why) != 0 || set_holder(conf, request, why) != 0 ||
        in(conf, "", folder, why) != 0 || in(conf, "seal.key", seal, why) != 0 ||
        in(conf, "channel.key", channel, why) != 0 ||
        in(conf, "request.pem", path, why) != 0 || folder_make(folder, 0700, why) != 0)
        return -1;
    int result = enrol_new(request, seal, channel, &pem, &ignored, why);
    if (result == 0)
        result = file_replace(path, buf_span(&pem), 0644, why);
    buf_destroy(&pem);
    return result == 0 ? enrol_read(request, path, why) : -1; // as it was written
}

void rekeying_forget(const node_conf_t *conf)
{
    char folder[PATH_MAX];
    cause_t ignored;
    if (in(conf, "", folder, &ignored) == 0)
        folder_remove(folder);
}

// One that is not there any more has its place already.
static int move(const node_conf_t *conf, const char *name, const char *to, cause_t *why)
{
    char from[PATH_MAX];
    if (in(conf, name, from, why) != 0)
        return -1;
    return rename(from, to) == 0 || errno == ENOENT ? 0 : cause_errno(why, "%s", to);
}

int rekeying_finish(const node_conf_t *conf, cause_t *why)
{
    char whole[PATH_MAX];
    if (in(conf, "whole", whole, why) != 0)
        return -1;
    if (access(whole, F_OK) != 0)
        return errno == ENOENT ? 0 : cause_errno(why, "%s", whole);
    if (move(conf, "seal.key", conf->seal_key, why) != 0 ||
        move(conf, "seal.pem", conf->seal_certificate, why) != 0 ||
        move(conf, "channel.key", conf->channel_key, why) != 0 ||
        move(conf, "channel.pem", conf->channel_certificate, why) != 0)
        return -1;
    rekeying_forget(conf);
    return 1;
}

static int keep(
    const node_conf_t *conf, const char *name, const cert_t *cert, cause_t *why)
{
    char path[PATH_MAX];
    buf_t pem = {0};
    cert_print_pem(cert, &pem);
    int result = in(conf, name, path, why);
    if (result == 0)
        result = file_replace(path, buf_span(&pem), 0644, why);
    buf_destroy(&pem);
    return result;
}

int rekeying_take(
    const node_conf_t *conf, const enrol_t *request, const json_t *said, cause_t *why)
{
    answer_t answer;
    char whole[PATH_MAX];
    if (renewing_check(conf, request, said, &answer, why) != 0)
        return -1;
    int result = in(conf, "whole", whole, why);
    if (result == 0)
        result = keep(conf, "channel.pem", &answer.channel, why);
    if (result == 0)
        result = keep(conf, "seal.pem", &answer.seal, why);
    if (result == 0)
        result = file_replace(whole, span_text("\n"), 0600, why);
    answer_close(&answer);
    return result == 0 && rekeying_finish(conf, why) >= 0 ? 0 : -1;
}
