// roster_files - see the header.

#include "nodes/upkeep/roster_files.h"

#include "lib/base/catalogue.h"
#include "lib/base/file.h"
#include "lib/pki/answer.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILE_MAX = 64 << 20 }; // answers for many, each with the CRL

static int add_cert(
    cert_list_t *list, const char *named, const cert_t *cert, cause_t *why)
{
    buf_t pem = {0};
    if (cert->der.size == 0)
        return 0;
    cert_print_pem(cert, &pem);
    int result = cert_list_add_text(list, named, buf_span(&pem), why);
    buf_destroy(&pem);
    return result;
}

static int add_answer(cert_list_t *list, const char *named, span_t text, cause_t *why)
{
    answer_t answer;
    if (answer_parse(&answer, text, why) != 0)
        return cause_prefix(why, "%s", named);
    int result = add_cert(list, named, &answer.seal, why);
    if (result == 0)
        result = add_cert(list, named, &answer.channel, why);
    answer_close(&answer);
    return result;
}

static int add_answers(cert_list_t *list, const char *named, span_t text, cause_t *why)
{
    while (text.size > 0)
        if (add_answer(list, named, answer_next(&text), why) != 0)
            return -1;
    return 0;
}

static int add_file(cert_list_t *list, const char *named, cause_t *why)
{
    buf_t text = {0};
    int result = file_read(named, FILE_MAX, &text, why);
    if (result == 0)
        result = answer_begins(buf_span(&text))
                     ? add_answers(list, named, buf_span(&text), why)
                     : cert_list_add_text(list, named, buf_span(&text), why);
    buf_destroy(&text);
    return result;
}

// seal.pem and channel.pem of a folder; an officer has no channel.
static int add_folder(cert_list_t *list, const char *folder, cause_t *why)
{
    char path[PATH_MAX];
    if (path_join(path, sizeof path, folder, "seal.pem", why) != 0)
        return -1;
    if (access(path, F_OK) != 0) {
        if (path_join(path, sizeof path, folder, "certs/seal.pem", why) != 0)
            return -1;
        if (access(path, F_OK) != 0)
            return cause_set(why, say("%s: there is no seal.pem in it"), folder);
    }
    if (add_file(list, path, why) != 0)
        return -1;
    memcpy(path + strlen(path) - strlen("seal.pem"), "", 1);
    if (strlen(path) + sizeof "channel.pem" > sizeof path)
        return 0;
    strcat(path, "channel.pem");
    return access(path, F_OK) == 0 ? add_file(list, path, why) : 0;
}

int roster_files_add(cert_list_t *list, const char *named, cause_t *why)
{
    struct stat info;
    if (stat(named, &info) != 0)
        return cause_errno(why, "%s", named);
    return S_ISDIR(info.st_mode) ? add_folder(list, named, why)
                                 : add_file(list, named, why);
}

int roster_files_read(cert_list_t *list, const hub_options_t *conf, cause_t *why)
{
    return cert_list_add_folder(list, conf->roster, why);
}

bool roster_files_have(const cert_list_t *list, const cert_t *cert)
{
    for (size_t i = 0; i < list->n; i++)
        if (span_equal(buf_span(&list->item[i].cert.der), buf_span(&cert->der)))
            return true;
    return false;
}

bool roster_files_hold(
    const cert_list_t *list, const char *name, cert_use_t use, int64_t now_ms)
{
    for (size_t i = 0; i < list->n; i++) {
        const cert_t *cert = &list->item[i].cert;
        if (cert->use == use && strcmp(cert->name, name) == 0 &&
            cert->not_after_ms > now_ms)
            return true;
    }
    return false;
}

static bool is_his(const cert_t *cert, const enrol_t *request)
{
    holder_t holder;
    holder_of_cert(&holder, cert);
    return cert->use == CERT_SEAL &&
           memcmp(cert->key, request->seal_key, sizeof cert->key) == 0 &&
           strcmp(holder.name, request->holder.name) == 0 &&
           holder_same(&holder, &request->holder);
}

bool roster_files_renews(const cert_list_t *list, const enrol_t *request)
{
    if (request->signed_ms == 0)
        return false;
    for (size_t i = 0; i < list->n; i++)
        if (is_his(&list->item[i].cert, request))
            return true;
    return false;
}

bool roster_files_other_key(const cert_list_t *list, const enrol_t *request)
{
    bool is_there = false;
    for (size_t i = 0; i < list->n; i++) {
        const cert_t *cert = &list->item[i].cert;
        holder_t holder;
        holder_of_cert(&holder, cert);
        if (cert->use != CERT_SEAL || strcmp(holder.name, request->holder.name) != 0 ||
            !holder_same(&holder, &request->holder))
            continue;
        if (memcmp(cert->key, request->seal_key, sizeof cert->key) == 0)
            return false;
        is_there = true;
    }
    return is_there;
}

bool roster_files_have_node(
    const cert_list_t *list, const char *name, const char *organisation)
{
    for (size_t i = 0; i < list->n; i++) {
        const cert_t *cert = &list->item[i].cert;
        if (strcmp(cert->name, name) == 0 &&
            strcmp(cert->organisation, organisation) == 0 &&
            strcmp(cert->role, "officer") != 0 && strcmp(cert->role, "hub") != 0)
            return true;
    }
    return false;
}

int roster_files_path(
    const hub_options_t *conf, const cert_t *cert, char path[PATH_MAX], cause_t *why)
{
    char name[NODE_ID_MAX + SERIAL_MAX + 24];
    (void)snprintf(name, sizeof name, "%s-%s.pem", cert->name, cert_use_name(cert->use));
    if (path_join(path, PATH_MAX, conf->roster, name, why) != 0)
        return -1;
    if (access(path, F_OK) != 0)
        return 0;
    (void)snprintf(name, sizeof name, "%s-%s-%s.pem", cert->name,
        cert_use_name(cert->use), cert->serial);
    return path_join(path, PATH_MAX, conf->roster, name, why);
}
