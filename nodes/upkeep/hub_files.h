// hub_files - the folder that a new hub begins with.

#ifndef NODES_UPKEEP_HUB_FILES_H
#define NODES_UPKEEP_HUB_FILES_H

#include "lib/base/cause.h"
#include "lib/tlog/note.h"

#include <limits.h>
#include <stdio.h>

typedef struct {
    const char *folder, *origin, *listen;
    const char *share;  // where schemas/ and etc/ are; NULL: beside the program
    const char *absent; // roles that nobody is meant to have yet, by spaces; or NULL
    const char *join;   // where newcomers ask to be let in; or NULL
} hub_files_t;

// Make the folders, the log's key, the configuration, copies of schemas, rules and
// registry. Refuses a folder that has a hub.conf.  The log's public key is in `vkey`.
int hub_files_make(const hub_files_t *self, char vkey[VKEY_MAX], cause_t *why);
// The same for a log that goes on from another, of which before/ in that folder tells.
int hub_files_succeed(const hub_files_t *self, char vkey[VKEY_MAX], cause_t *why);
// The public key of the private one in this file, under this origin.
int hub_files_vkey(
    const char *key_path, const char *origin, char vkey[VKEY_MAX], cause_t *why);
// Where the schemas, rules and registry lie that came with this program.
int hub_files_share(char out[PATH_MAX], cause_t *why);
// What was made and what is to be done next.
void hub_files_report(const hub_files_t *self, const char *vkey, FILE *out);

#endif
