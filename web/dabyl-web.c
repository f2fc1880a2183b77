// dabyl-web - reads its configuration and shows a node to the people on duty.

#include "lib/base/catalogue.h"
#include "lib/base/log.h"
#include "lib/base/standard.h"
#include "lib/config/given.h"
#include "nodes/config/arguments.h"
#include "web/beside_hub.h"
#include "web/console.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { EXIT_USAGE = 2 };

static const char usage[] = MARK(
    "usage: dabyl-web [-n] [-c] web.conf\n"
    "\n"
    "  -c, --config FILE   the configuration; see dabyl-web.conf(5)\n"
    "  -n, --check         try what a start does, say what is wrong, and stop\n"
    "      --log-format F  lines of the log as text (default) or json\n"
    "      --options       print every option of the configuration and stop\n"
    "      --version\n"
    "      --help\n"
    "\n"
    "Beside a hub (hub = DIR) it serves what programs read: metrics, health, the public "
    "log.\n"
    "Shows a node in a browser.  On this machine `dabyl web` prints a link to begin "
    "with;\n"
    "elsewhere browsers show the certificate of an officer.  SIGTERM and SIGINT end "
    "it.\n");

static const program_t program = {"dabyl-web", usage, web_conf_table};

static int cannot_start(const cause_t *why)
{
    log_line(LOG_ERROR, "web.cannot-start", "reason=\"%s\"", why->text);
    return EXIT_FAILURE;
}

static int run_beside_hub(const web_conf_t *conf, supervisor_t *supervisor)
{
    cause_t why;
    beside_hub_t *beside = beside_hub_open(conf, &why);
    if (!beside)
        return cannot_start(&why);
    beside_hub_run(beside, supervisor);
    beside_hub_close(&beside);
    return EXIT_SUCCESS;
}

static int run_console(const web_conf_t *conf, supervisor_t *supervisor)
{
    cause_t why;
    console_t *console = console_open(conf, &why);
    if (!console)
        return cannot_start(&why);
    const bool asked = console_run(console, supervisor);
    console_close(&console);
    return asked ? EXIT_SUCCESS : EXIT_FAILURE;
}

static int run(const web_conf_t *conf)
{
    supervisor_t supervisor;
    if (supervisor_open(&supervisor) != 0)
        log_line(LOG_WARNING, "supervisor.unheard", "reason=\"NOTIFY_SOCKET: %s\"",
            strerror(errno));
    int result =
        conf->hub[0] ? run_beside_hub(conf, &supervisor) : run_console(conf, &supervisor);
    supervisor_close(&supervisor);
    return result;
}

static int check(const web_conf_t *conf, const char *config)
{
    cause_t why;
    if ((conf->hub[0] ? beside_hub_check(conf, &why) : console_check(conf, &why)) != 0) {
        (void)fprintf(stderr, "%s: %s\n", config, why.text);
        return EXIT_FAILURE;
    }
    (void)printf(say("%s: good\n"), config);
    return EXIT_SUCCESS;
}

static int begin(int argc, char **argv)
{
    cause_t why;
    web_conf_t conf = {0};
    const char *config = NULL;
    log_open();
    action_t action = arguments_read(&program, argc, argv, &config);
    if (action == ACTION_DONE || action == ACTION_MISUSED)
        return action == ACTION_DONE ? EXIT_SUCCESS : EXIT_USAGE;
    if (sodium_init() < 0)
        return EXIT_FAILURE;
    (void)umask(077);
    if (conf_read(web_conf_table, config, &conf, &why) != 0) {
        given_explain("dabyl-web", config, &why);
        (void)fprintf(stderr, "%s\n", why.text);
        return EXIT_USAGE;
    }
    int result = EXIT_USAGE;
    if (log_set_level(conf.log_level, &why) != 0)
        (void)fprintf(stderr, "%s: %s\n", config, why.text);
    else
        result = action == ACTION_CHECK ? check(&conf, config) : run(&conf);
    conf_free(web_conf_table, &conf);
    return result;
}

int main(int argc, char **argv)
{
    standard_open();
    return standard_end("dabyl-web", begin(argc, argv), EXIT_USAGE);
}
