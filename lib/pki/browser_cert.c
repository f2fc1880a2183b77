// browser_cert - a browser's certificate is an officer's by what cert_parse_browser
// takes; what is left to ask is of which node, and whether the CA still says so.

#include "lib/pki/browser_cert.h"

#include <string.h>

static int check_node(const cert_t *officer, const char *node, cause_t *why)
{
    return strcmp(officer->node, node) == 0
               ? 0
               : cause_set(why, "%s is an officer of %s, not of %s", officer->name,
                     officer->node, node);
}

int browser_cert_check(span_t der, const authority_t *ca, const char *node,
    int64_t now_ms, cert_t *officer, cause_t *why)
{
    if (cert_parse_browser(officer, der, why) != 0)
        return -1;
    if (cert_check(officer, ca, now_ms, why) == 0 && check_node(officer, node, why) == 0)
        return 0;
    cert_close(officer);
    return -1;
}
