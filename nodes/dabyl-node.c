// dabyl-node - reads its configuration and runs the daemon.

#include "lib/base/catalogue.h"
#include "lib/base/log.h"
#include "lib/base/standard.h"
#include "lib/config/given.h"
#include "nodes/config/arguments.h"
#include "nodes/config/node_paths.h"
#include "nodes/daemon/daemon.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { EXIT_USAGE = 2 };

static const char usage[] = MARK(
    "usage: dabyl-node [-n] [-c] node.conf\n"
    "\n"
    "  -c, --config FILE   the configuration; see dabyl-node.conf(5)\n"
    "  -n, --check         try all that a start does, say what is wrong, and stop\n"
    "      --log-format F  lines of the log as text (default) or json\n"
    "      --options       print every option of the configuration and stop\n"
    "      --version\n"
    "      --help\n"
    "\n"
    "A file renamed into outbox/ is completed, sealed and published; sent/ then has it "
    "with\n"
    "its receipt, or refused/ with the reason.  What is delivered comes into inbox/.\n"
    "SIGHUP reads certificates, CA and CRL again.  SIGTERM and SIGINT end the daemon; it "
    "may be killed at "
    "any\n"
    "moment and loses nothing.\n");

static const program_t program = {"dabyl-node", usage, node_conf_table};

// "./folder/." is how a configuration says "here"; people read the paths made of it.
static void tidy(char *folder)
{
    size_t size = strlen(folder);
    if (size > 2 && strcmp(folder + size - 2, "/.") == 0)
        folder[size - 2] = 0;
}

static int run(const node_conf_t *conf, const char *config)
{
    cause_t why;
    supervisor_t supervisor;
    if (supervisor_open(&supervisor) != 0)
        log_line(LOG_WARNING, "supervisor.unheard", "reason=\"NOTIFY_SOCKET: %s\"",
            strerror(errno));
    daemon_t *daemon = daemon_open(conf, &why);
    if (!daemon) {
        log_line(LOG_ERROR, "node.failed", "reason=\"%s\"", why.text);
        supervisor_close(&supervisor);
        return EXIT_FAILURE;
    }
    if (node_paths_record(conf->folder, config, &why) != 0)
        log_line(LOG_WARNING, "node.conf-link", "reason=\"%s\"", why.text);
    daemon_run(daemon, &supervisor);
    daemon_close(&daemon);
    supervisor_close(&supervisor);
    return EXIT_SUCCESS;
}

static int check(const node_conf_t *conf, const char *config)
{
    cause_t why;
    daemon_check_t found;
    if (daemon_check(&found, conf, &why) != 0) {
        (void)fprintf(stderr, "%s: %s\n", config, why.text);
        return EXIT_FAILURE;
    }
    (void)printf(say("%s: good\n"), config);
    if (found.untried[0])
        (void)printf("  %s\n", found.untried);
    return EXIT_SUCCESS;
}

static int begin(int argc, char **argv)
{
    cause_t why;
    node_conf_t conf = {0};
    const char *config = NULL;
    log_open();
    action_t action = arguments_read(&program, argc, argv, &config);
    if (action == ACTION_DONE || action == ACTION_MISUSED)
        return action == ACTION_DONE ? EXIT_SUCCESS : EXIT_USAGE;
    if (sodium_init() < 0)
        return EXIT_FAILURE;
    (void)umask(077);
    if (conf_read(node_conf_table, config, &conf, &why) != 0) {
        given_explain("dabyl-node", config, &why);
        (void)fprintf(stderr, "%s\n", why.text);
        return EXIT_USAGE;
    }
    tidy(conf.folder);
    int result = EXIT_USAGE;
    if (log_set_level(conf.log_level, &why) != 0)
        (void)fprintf(stderr, "%s: %s\n", config, why.text);
    else
        result = action == ACTION_CHECK ? check(&conf, config) : run(&conf, config);
    conf_free(node_conf_table, &conf);
    return result;
}

int main(int argc, char **argv)
{
    standard_open();
    return standard_end("dabyl-node", begin(argc, argv), EXIT_USAGE);
}
