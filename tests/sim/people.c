// people - an officer at each node who has something to say now and then, and puts it
// into the outbox as a file, whole and flushed.

#include "tests/sim/people.h"

#include "lib/base/times.h"
#include "tests/sim/chance.h"
#include "tests/sim/fibers.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SECOND = 1000000, SAID = 1 << 14 };

static struct {
    said_t said[SAID];
    size_t n;
    int64_t end_us;
    const plan_t *plan;
} self;

size_t people_count(void)
{
    return self.n;
}

const said_t *people_said(size_t i)
{
    return &self.said[i];
}

static void head(said_t *said, const char *kind, const char *marking)
{
    char sent[TIME_TEXT], nonce[33];
    for (size_t i = 0; i < 4; i++)
        (void)snprintf(nonce + 8 * i, 9, "%08x", (unsigned)(chance_next() & 0xffffffff));
    time_print(fibers_now_us() / 1000, sent);
    buf_printf(&said->bytes,
        "{\"dabyl\":1,\"id\":\"%s\",\"kind\":\"%s\",\"from\":\"%s\",\"sent\":\"%s\","
        "\"status\":\"actual\",\"marking\":\"%s\",\"nonce\":\"%s\","
        "\"summary\":{\"en\":\"What happened, in short.\"},\"body\":{",
        said->id, kind, said->author->machine.name, sent, marking, nonce);
}

static void write_notice(said_t *said)
{
    static const struct {
        const char *object, *sector;
    } objects[] = {{"obj-grid-1", "power-supply"}, {"obj-bank-1", "banking"},
        {"obj-alone", "transport"}};
    char found[TIME_TEXT];
    size_t at = (size_t)chance_below(3);
    time_print(fibers_now_us() / 1000 - 60000, found);
    said->level = 1 + (int)chance_below(5);
    said->cross_border = chance_one_in(3);
    said->object = objects[at].object;
    head(said, "incident.notice", "TLP:AMBER");
    buf_printf(&said->bytes,
        "\"level\":%d,\"determination\":\"confirmed\",\"sector\":\"%s\",\"object\":\"%"
        "s\","
        "\"category\":\"availability\",\"consequences\":[\"infrastructure\"],"
        "\"cross_border\":%s,%s\"detected_at\":\"%s\",\"measures\":[\"None yet.\"],"
        "\"reported\":{\"channel\":\"own-monitoring\"}}}",
        said->level, objects[at].sector, said->object,
        said->cross_border ? "true" : "false",
        said->cross_border ? "\"countries\":[\"KG\"]," : "", found);
}

static void write_report(said_t *said)
{
    head(said, "threat.report", "TLP:GREEN");
    buf_printf(&said->bytes,
        "\"description\":\"Mail with an attachment, number %u.\","
        "\"category\":\"malicious-code\"}}",
        (unsigned)chance_below(1000000));
}

static void write_advisory(said_t *said)
{
    head(said, "advisory", "TLP:CLEAR");
    buf_printf(&said->bytes,
        "\"description\":\"The management page is open, case %u.\","
        "\"actions\":[\"Close it.\"]}}",
        (unsigned)chance_below(1000000));
}

static void write_answer(said_t *said)
{
    head(said, "acknowledgement", "TLP:AMBER");
    said->bytes.size -= sizeof "\"body\":{" - 1;
    buf_printf(&said->bytes,
        "\"re\":{\"author\":\"hub\",\"id\":\"%s\"},\"body\":{\"answer\":\"accepted\"}}",
        said->about);
}

static says_t topic_of(const world_node_t *author)
{
    bool notices =
        strcmp(author->role, "isoc") == 0 || strcmp(author->role, "owner") == 0;
    if (strcmp(author->role, "nccis") == 0)
        return SAYS_ADVISORY;
    return notices && !chance_one_in(4) ? SAYS_NOTICE : SAYS_REPORT;
}

static void say(const world_node_t *author, says_t kind, const char *about)
{
    static void (*const write[])(said_t * said) = {
        [SAYS_NOTICE] = write_notice,
        [SAYS_REPORT] = write_report,
        [SAYS_ADVISORY] = write_advisory,
        [SAYS_ANSWER] = write_answer,
    };
    char path[100];
    if (self.n == SAID || !author->machine.up)
        return;
    said_t *said = &self.said[self.n++];
    *said = (said_t){.author = author, .kind = kind};
    (void)snprintf(said->about, sizeof said->about, "%s", about);
    uuid7_new(fibers_now_us() / 1000, said->id);
    write[said->kind](said);
    (void)snprintf(path, sizeof path, "/outbox/%s.json", said->id);
    if (!world_write(&author->machine, path, buf_span(&said->bytes))) {
        buf_destroy(&said->bytes); // the officer sees it and says it later
        self.n--;
    }
}

static void work(void *context)
{
    enum { PAUSE_S = 20, BURST = 30 };
    const world_node_t *author = context;
    for (;;) {
        fibers_sleep(chance_between(1, PAUSE_S * SECOND));
        if (fibers_now_us() >= self.end_us)
            return;
        for (uint64_t n = chance_one_in(8) ? chance_below(BURST) : 1; n > 0; n--)
            say(author, topic_of(author), "");
    }
}

// Of the alerts that came since the last look most are answered, some at once and some
// never.
static void look(const world_node_t *author, size_t *seen)
{
    enum { NUMBER = 12, ID = 36 };
    const inode_t *folder = world_folder(&author->machine, "/inbox");
    for (size_t i = 0; folder && i < folder->entries.n; i++) {
        const disk_name_t *name = &folder->entries.name[i];
        const buf_t *bytes = &name->inode->now;
        char id[ID + 1];
        if (strlen(name->name) != NUMBER + 1 + ID + 5 ||
            strtoull(name->name, NULL, 10) <= *seen ||
            !memmem(bytes->data, bytes->size, "\"security.alert\"", 16))
            continue;
        (void)snprintf(id, sizeof id, "%s", name->name + NUMBER + 1);
        if (!chance_one_in(3))
            say(author, SAYS_ANSWER, id);
    }
    for (size_t i = 0; folder && i < folder->entries.n; i++) {
        size_t number = strtoull(folder->entries.name[i].name, NULL, 10);
        *seen = number > *seen ? number : *seen;
    }
}

static void watch_alerts(void *context)
{
    enum { PAUSE_S = 60 };
    const world_node_t *author = context;
    size_t seen = 0;
    while (fibers_now_us() < self.end_us) {
        fibers_sleep(chance_between(1, PAUSE_S * SECOND));
        if (author->machine.up)
            look(author, &seen);
    }
}

void people_begin(const plan_t *plan)
{
    self.plan = plan;
    self.end_us = fibers_now_us() + plan->seconds * SECOND;
    for (size_t i = 0; i < world.nodes; i++)
        (void)fibers_start(NULL, "officer", work, &world.node[i]);
    for (size_t i = 0; i < world.nodes; i++)
        if (strcmp(world.node[i].role, "national-security") == 0)
            (void)fibers_start(NULL, "duty", watch_alerts, &world.node[i]);
}
