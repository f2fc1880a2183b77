// roster_files - the certificates that lie in a hub's roster, file by file, and those
// that are to be put there.

#ifndef NODES_UPKEEP_ROSTER_FILES_H
#define NODES_UPKEEP_ROSTER_FILES_H

#include "lib/config/hub_options.h"
#include "lib/enrol/enrol.h"
#include "lib/pki/authority.h"
#include "lib/pki/cert_list.h"

#include <limits.h>

// What is named: a file of certificates, answers of the CA, one behind the other, or a
// folder with seal.pem and channel.pem, in it or in its certs/.  Appended.
int roster_files_add(cert_list_t *list, const char *named, cause_t *why);
// All of the roster's folder.
int roster_files_read(cert_list_t *list, const hub_options_t *conf, cause_t *why);
// Whether this very certificate is among them.
bool roster_files_have(const cert_list_t *list, const cert_t *cert);
// Whether one of this holder and use is, that is in force.
bool roster_files_hold(
    const cert_list_t *list, const char *name, cert_use_t use, int64_t now_ms);
// Whether whoever made this request is in the roster already, and shows it: it asks for
// further certificates, and is sealed with a key that the roster has for this holder.
bool roster_files_renews(const cert_list_t *list, const enrol_t *request);
// Whether this holder is in the roster, and none of his certificates there is for the
// request's key.
bool roster_files_other_key(const cert_list_t *list, const enrol_t *request);
// Whether such a node is in the roster, and no officer or hub.
bool roster_files_have_node(
    const cert_list_t *list, const char *name, const char *organisation);
// Where in the roster it is to lie: "<name>-<use>.pem", or with its serial where another
// one has that name.
int roster_files_path(
    const hub_options_t *conf, const cert_t *cert, char path[PATH_MAX], cause_t *why);

#endif
