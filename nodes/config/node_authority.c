// node_authority - read anew for whoever asks: a CRL that came a minute ago counts.

#include "nodes/config/node_authority.h"

#include "nodes/config/node_paths.h"

#include <unistd.h>

authority_t *node_authority(const char *folder, cause_t *why)
{
    char ca[PATH_MAX], crl[PATH_MAX];
    node_path(folder, NODE_CA, ca);
    node_path(folder, NODE_CRL, crl);
    return authority_open(ca, access(crl, F_OK) == 0 ? crl : NULL, why);
}
