// officers - folders of some dozens of files, read anew whenever somebody asks.

#include "web/desk/officers.h"

#include "lib/base/file.h"
#include "lib/base/names.h"
#include "lib/pki/x509.h"
#include "nodes/cli/handover.h"

#include <limits.h>
#include <openssl/pem.h>
#include <stdio.h>
#include <string.h>

#define CERTIFICATES "officers"
#define REQUESTS "officers/requests"

enum { KEY_SHOWN = 16 };

static int list(const char *node, const char *folder, char path[PATH_MAX], names_t *names)
{
    cause_t ignored;
    *names = (names_t){0};
    return path_join(path, PATH_MAX, node, folder, &ignored) == 0
               ? names_list(names, path, ".pem", &ignored)
               : -1;
}

static bool begins(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0;
}

void officers_each(
    const char *node, const char *name, officers_visit_t *visit, void *context)
{
    char folder[PATH_MAX], path[PATH_MAX];
    names_t names;
    cause_t ignored;
    bool more = list(node, CERTIFICATES, folder, &names) == 0;
    for (size_t i = 0; more && i < names.n; i++) {
        cert_t cert;
        if (!begins(names.name[i], name) ||
            path_join(path, sizeof path, folder, names.name[i], &ignored) != 0 ||
            cert_read(&cert, path, &ignored) != 0)
            continue;
        if (cert.use == CERT_SEAL && strcmp(cert.role, "officer") == 0 &&
            strcmp(cert.name, name) == 0)
            more = visit(context, &cert);
        cert_close(&cert);
    }
    names_free(&names);
}

typedef struct {
    const char *key_id;
    cert_t *out;
    bool found;
} finding_t;

static bool take_last(void *context, const cert_t *cert)
{
    finding_t *finding = context;
    if (strcmp(cert->key_id, finding->key_id) != 0 ||
        (finding->found && cert->not_after_ms <= finding->out->not_after_ms))
        return true;
    if (finding->found)
        cert_close(finding->out);
    cert_copy(finding->out, cert);
    finding->found = true;
    return true;
}

int officers_find(const char *node, const char *name, const char *key_id, cert_t *out)
{
    finding_t finding = {key_id, out, false};
    officers_each(node, name, take_last, &finding);
    return finding.found ? 0 : -1;
}

static int keep(const char *node, const char *folder, const char *file, const buf_t *pem,
    cause_t *why)
{
    char path[PATH_MAX];
    if (path_join(path, sizeof path, node, folder, why) != 0 ||
        handover_folder(node, path, why) != 0 ||
        path_join(path, sizeof path, node, file, why) != 0)
        return -1;
    return handover_file(node, path, buf_span(pem), why);
}

static void name_file(
    char out[OFFICERS_FILE], const char *folder, const char *name, const char *key_id)
{
    (void)snprintf(out, OFFICERS_FILE, "%s/%s-%.*s.pem", folder, name, KEY_SHOWN, key_id);
}

int officers_keep(const char *node, const cert_t *cert, cause_t *why)
{
    char file[OFFICERS_FILE];
    buf_t pem = {0};
    name_file(file, CERTIFICATES, cert->name, cert->key_id);
    cert_print_pem(cert, &pem);
    int result = keep(node, CERTIFICATES, file, &pem, why);
    buf_destroy(&pem);
    return result;
}

void officers_each_request(
    const char *node, const char *name, officers_asked_t *visit, void *context)
{
    char folder[PATH_MAX], path[PATH_MAX], key_id[HASH_HEX], file[OFFICERS_FILE];
    names_t names;
    cause_t ignored;
    bool more = list(node, REQUESTS, folder, &names) == 0;
    for (size_t i = 0; more && i < names.n; i++) {
        enrol_t request;
        if (!begins(names.name[i], name) ||
            path_join(path, sizeof path, folder, names.name[i], &ignored) != 0 ||
            enrol_read(&request, path, &ignored) != 0)
            continue;
        seal_key_id(request.seal_key, key_id);
        name_file(file, REQUESTS, name, key_id);
        if (strcmp(request.holder.name, name) == 0)
            more = visit(context, &request, key_id, file);
        enrol_close(&request);
    }
    names_free(&names);
}

int officers_ask(
    const char *node, const enrol_t *request, char file[OFFICERS_FILE], cause_t *why)
{
    char key_id[HASH_HEX];
    buf_t pem = {0};
    seal_key_id(request->seal_key, key_id);
    name_file(file, REQUESTS, request->holder.name, key_id);
    x509_print_pem(PEM_STRING_X509_REQ, buf_span(&request->der), &pem);
    int result = keep(node, REQUESTS, file, &pem, why);
    buf_destroy(&pem);
    return result;
}
