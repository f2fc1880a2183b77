// console - the parts of dabyl-web, put together and taken apart.

#ifndef WEB_CONSOLE_H
#define WEB_CONSOLE_H

#include "web/web_conf.h"

#include "lib/base/cause.h"
#include "lib/sys/supervisor.h"

typedef struct console console_t;

// Everything a start needs, but nothing listens or is written.
int console_check(const web_conf_t *conf, cause_t *why);
console_t *console_open(const web_conf_t *conf, cause_t *why);
// Until SIGTERM or SIGINT (true), or until it can listen no more, as the log says.
// Whoever supervises hears of it as long as turns end.
bool console_run(console_t *self, supervisor_t *supervisor);
void console_close(console_t **self_p);

#endif
