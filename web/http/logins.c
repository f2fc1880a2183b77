// logins - two small tables under one lock.
//
// What is kept of a secret is its SHA-256, by which it is found: neither the time that
// looking takes nor a dump of memory tells a secret.

#include "web/http/logins.h"

#include "lib/base/memory.h"
#include "lib/sys/random.h"
#include "lib/sys/task.h"

#include <stdlib.h>
#include <string.h>

enum { LINKS = 32, SESSIONS = 256, SESSIONS_EACH = 16, SECRET_BYTES = 32 };

typedef struct {
    hash_t secret;
    person_t person;
    int64_t began_ms; // of the monotonic clock
    int64_t used_ms;
    char token[SECRET_TEXT];
    bool taken;
} entry_t;

struct logins {
    mutex_t mutex;
    logins_limits_t limits;
    entry_t link[LINKS];
    entry_t session[SESSIONS];
};

logins_t *logins_new(const logins_limits_t *limits)
{
    logins_t *self = memory_new(1, sizeof *self);
    self->limits = *limits;
    mutex_init(&self->mutex);
    return self;
}

void logins_destroy(logins_t **self_p)
{
    if (*self_p)
        mutex_destroy(&(*self_p)->mutex);
    free(*self_p);
    *self_p = NULL;
}

static void make_secret(char secret[SECRET_TEXT])
{
    uint8_t bytes[SECRET_BYTES];
    random_bytes(bytes, sizeof bytes);
    hex_encode(bytes, sizeof bytes, secret);
}

static entry_t *find(entry_t *entry, size_t n, const char *secret)
{
    hash_t hash;
    sha256(span_text(secret), &hash);
    for (size_t i = 0; i < n; i++)
        if (entry[i].taken && memcmp(&entry[i].secret, &hash, sizeof hash) == 0)
            return entry + i;
    return NULL;
}

// A free place, or the one that was begun first.
static entry_t *oldest(entry_t *entry, size_t n)
{
    entry_t *found = entry;
    for (size_t i = 0; i < n; i++) {
        if (!entry[i].taken)
            return entry + i;
        if (entry[i].began_ms < found->began_ms)
            found = entry + i;
    }
    return found;
}

static void fill(
    entry_t *entry, const char *secret, const person_t *person, int64_t now_ms)
{
    *entry = (entry_t){
        .person = *person, .began_ms = now_ms, .used_ms = now_ms, .taken = true};
    sha256(span_text(secret), &entry->secret);
    make_secret(entry->token);
}

void logins_invite(
    logins_t *self, const person_t *person, int64_t now_ms, char secret[SECRET_TEXT])
{
    make_secret(secret);
    mutex_lock(&self->mutex);
    fill(oldest(self->link, LINKS), secret, person, now_ms);
    mutex_unlock(&self->mutex);
}

static bool is_over(const logins_t *self, const entry_t *entry, int64_t now_ms)
{
    return now_ms - entry->used_ms >= self->limits.idle_ms ||
           now_ms - entry->began_ms >= self->limits.end_ms;
}

// Whoever has too many gives up the first of them, and nobody else's.
static entry_t *place(logins_t *self, const char *officer, int64_t now_ms)
{
    entry_t *own = NULL;
    size_t n = 0;
    for (entry_t *entry = self->session; entry < self->session + SESSIONS; entry++) {
        if (entry->taken && is_over(self, entry, now_ms))
            entry->taken = false;
        if (!entry->taken || strcmp(entry->person.name, officer) != 0)
            continue;
        n++;
        if (!own || entry->began_ms < own->began_ms)
            own = entry;
    }
    return n >= SESSIONS_EACH ? own : oldest(self->session, SESSIONS);
}

bool logins_enter(
    logins_t *self, const char *secret, int64_t now_ms, char cookie[SECRET_TEXT])
{
    mutex_lock(&self->mutex);
    entry_t *link = find(self->link, LINKS, secret);
    bool good = link && now_ms - link->began_ms < self->limits.link_ms;
    if (link)
        link->taken = false;
    if (good) {
        make_secret(cookie);
        fill(place(self, link->person.name, now_ms), cookie, &link->person, now_ms);
    }
    mutex_unlock(&self->mutex);
    return good;
}

static entry_t *find_alive(logins_t *self, const char *cookie, int64_t now_ms)
{
    entry_t *entry = find(self->session, SESSIONS, cookie);
    if (!entry || !is_over(self, entry, now_ms))
        return entry;
    entry->taken = false;
    return NULL;
}

bool logins_find(logins_t *self, const char *cookie, int64_t now_ms, person_t *person,
    char token[SECRET_TEXT])
{
    mutex_lock(&self->mutex);
    entry_t *entry = find_alive(self, cookie, now_ms);
    if (entry) {
        entry->used_ms = now_ms;
        *person = entry->person;
        memcpy(token, entry->token, SECRET_TEXT);
    }
    mutex_unlock(&self->mutex);
    return entry != NULL;
}

bool logins_alive(logins_t *self, const char *cookie, int64_t now_ms)
{
    mutex_lock(&self->mutex);
    entry_t *entry = find_alive(self, cookie, now_ms);
    if (entry)
        entry->used_ms = now_ms;
    mutex_unlock(&self->mutex);
    return entry != NULL;
}

void logins_end(logins_t *self, const char *cookie)
{
    mutex_lock(&self->mutex);
    entry_t *entry = find(self->session, SESSIONS, cookie);
    if (entry)
        entry->taken = false;
    mutex_unlock(&self->mutex);
}

size_t logins_count(logins_t *self, int64_t now_ms)
{
    size_t n = 0;
    mutex_lock(&self->mutex);
    for (size_t i = 0; i < SESSIONS; i++)
        n += self->session[i].taken && !is_over(self, self->session + i, now_ms);
    mutex_unlock(&self->mutex);
    return n;
}
