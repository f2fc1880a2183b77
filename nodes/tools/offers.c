// offers - see the header.

#include "nodes/tools/offers.h"

#include "lib/base/bytes.h"
#include "lib/base/folder.h"
#include "lib/base/times.h"
#include "lib/config/hub_options.h"
#include "lib/enrol/joins.h"
#include "nodes/config/node_paths.h"

#include <dirent.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// Those whose names come last, the last first.
typedef struct {
    char name[OFFERS_MOST][NAME_MAX + 1];
    size_t n;
} newest_t;

static void keep(newest_t *self, const char *name)
{
    size_t at = self->n;
    while (at > 0 && strcmp(name, self->name[at - 1]) > 0)
        at--;
    if (at == OFFERS_MOST)
        return;
    if (self->n < OFFERS_MOST)
        self->n++;
    memmove(
        self->name[at + 1], self->name[at], (self->n - at - 1) * sizeof self->name[0]);
    (void)snprintf(self->name[at], sizeof self->name[at], "%s", name);
}

// The id that this file's name has in it, without what is behind; NULL: it has none.
typedef const char *id_of_t(const char *name, size_t *size);

static const char *before_end(
    const char *name, const char *from, const char *end, size_t *size)
{
    const size_t length = strlen(name), tail = strlen(end);
    if (name[0] == '.' || !from || length <= (size_t)(from - name) + tail ||
        strcmp(name + length - tail, end) != 0)
        return NULL;
    *size = length - tail - (size_t)(from - name);
    return from;
}

// NUMBER-ID.json
static const char *id_in_inbox(const char *name, size_t *size)
{
    const size_t digits = strspn(name, "0123456789");
    return digits > 0 && name[digits] == '-'
               ? before_end(name, name + digits + 1, ".json", size)
               : NULL;
}

static const char *id_in_sent(const char *name, size_t *size)
{
    return before_end(name, name, ".json", size);
}

// Every node has a channel, and an officer has none.
static const char *id_in_roster(const char *name, size_t *size)
{
    return before_end(name, name, "-channel.pem", size);
}

static void look_through(
    const char *folder, id_of_t *id_of, const char *begun, newest_t *newest)
{
    size_t size = 0;
    DIR *dir = opendir(folder);
    if (!dir)
        return;
    struct dirent *entry;
    for (size_t i = 0; i < OFFERS_LOOKED && (entry = readdir(dir)); i++) {
        const char *id = id_of(entry->d_name, &size);
        if (id && strncmp(id, begun, strlen(begun)) == 0)
            keep(newest, entry->d_name);
    }
    (void)closedir(dir);
}

static void offer_files(const char *folder, id_of_t *id_of, const char *begun, FILE *out)
{
    newest_t newest = {.n = 0};
    look_through(folder, id_of, begun, &newest);
    for (size_t i = 0; i < newest.n; i++) {
        size_t size = 0;
        char word[NAME_MAX + 1], before[NAME_MAX + 1];
        const char *id = id_of(newest.name[i], &size);
        const int front = (int)(id - newest.name[i]);
        const size_t zeros = strspn(newest.name[i], "0");
        (void)snprintf(word, sizeof word, "%.*s", (int)size, id);
        (void)snprintf(before, sizeof before, "%s%.*s", front ? "#" : "",
            front ? front - 1 - (int)zeros : 0, newest.name[i] + zeros);
        complete_offer(out, begun, word, before);
    }
}

static void offer_of_node(
    const complete_more_t *wanted, const char *inside, id_of_t *id_of, FILE *out)
{
    char folder[PATH_MAX], path[PATH_MAX];
    cause_t ignored;
    const char *node = wanted->node ? wanted->node : getenv("DABYL_NODE");
    (void)node_folder(node ? node : ".", folder, &ignored);
    if (path_join(path, sizeof path, folder, inside, &ignored) == 0)
        offer_files(path, id_of, wanted->begun, out);
}

// As `dabyl hub joins` names them: by who asks.
static void offer_joins(const hub_options_t *conf, const char *begun, FILE *out)
{
    joins_t joins;
    cause_t ignored;
    const joins_limits_t limits = {.folder = conf->joins, .life_ms = INT64_MAX};
    if (joins_list(&joins, &limits, clock_now().wall_ms, &ignored) != 0)
        return;
    for (size_t i = joins.n; i > 0 && i + OFFERS_MOST > joins.n; i--) {
        const join_t *one = &joins.item[i - 1];
        complete_offer(out, begun, one->request.holder.name, join_state_name(one->state));
    }
    joins_close(&joins);
}

static void offer_of_hub(const complete_more_t *wanted, FILE *out)
{
    char path[PATH_MAX];
    cause_t ignored;
    hub_options_t conf;
    const char *hub = wanted->hub ? wanted->hub : getenv("DABYL_HUB");
    if (path_join(path, sizeof path, hub ? hub : ".", "hub.conf", &ignored) != 0 ||
        conf_read(hub_options_table, path, &conf, &ignored) != 0)
        return;
    if (wanted->among == AMONG_NODES)
        offer_files(conf.roster, id_in_roster, wanted->begun, out);
    else
        offer_joins(&conf, wanted->begun, out);
    conf_free(hub_options_table, &conf);
}

void offers_print(const complete_more_t *wanted, FILE *out)
{
    switch (wanted->among) {
    case AMONG_INBOX:
        offer_of_node(wanted, "inbox", id_in_inbox, out);
        break;
    case AMONG_SENT:
        offer_of_node(wanted, "sent", id_in_sent, out);
        break;
    case AMONG_NODES:
    case AMONG_JOINS:
        offer_of_hub(wanted, out);
        break;
    default:
        break;
    }
}
