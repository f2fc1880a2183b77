// beside_hub - what dabyl-web is beside a hub: no console, but what programs may read
// there, which is how the hub is (monitor) and what it publishes of its log (public).

#ifndef WEB_BESIDE_HUB_H
#define WEB_BESIDE_HUB_H

#include "web/web_conf.h"

#include "lib/base/cause.h"
#include "lib/sys/supervisor.h"

typedef struct beside_hub beside_hub_t;

// Everything a start needs, but nothing listens.
int beside_hub_check(const web_conf_t *conf, cause_t *why);
beside_hub_t *beside_hub_open(const web_conf_t *conf, cause_t *why);
// Until SIGTERM or SIGINT.  Whoever supervises hears of it as long as turns end.
void beside_hub_run(beside_hub_t *self, supervisor_t *supervisor);
void beside_hub_close(beside_hub_t **self_p);

#endif
