// letter - the text is made once; of each message only id, moment and nonce are written,
// so that making messages is no part of what is measured.

#include "tests/bench/load/letter.h"

#include "lib/base/times.h"
#include "lib/sys/random.h"

#include <stdio.h>
#include <string.h>

#define NO_ID "00000000-0000-7000-8000-000000000000"
#define NO_MOMENT "1970-01-01T00:00:00.000Z"
#define NO_NONCE "00000000000000000000000000000000"

// What stands in a message of each kind beside what all have: before and behind the
// moment of making it, where it has one.  The last text is filled up.
static const struct {
    const char *kind, *marking, *to, *before, *behind;
} kinds[] = {
    {"incident.notice", "TLP:AMBER", "",
        "\"level\":1,\"determination\":\"suspected\",\"sector\":\"power-supply\","
        "\"cross_border\":false,\"detected_at\":\"",
        "\",\"description\":\""},
    {"information.request", "TLP:AMBER", "\"to\":[\"sub-1\"],",
        "\"questions\":[\"From which systems?\"],\"purpose\":\"", NULL},
    {"advisory", "TLP:GREEN", "",
        "\"vulnerabilities\":[{\"id\":\"CVE-2026-0001\"}],\"description\":\"", NULL},
};

bool letter_begin(letter_t *self, const char *kind, const char *from, size_t size)
{
    char moment[TIME_TEXT] = "";
    size_t i = 0, all = sizeof kinds / sizeof *kinds;
    while (i < all && strcmp(kinds[i].kind, kind) != 0)
        i++;
    if (i == all)
        return false;
    if (kinds[i].behind)
        time_print(clock_now().wall_ms, moment);
    int n = snprintf(self->text, sizeof self->text,
        "{\"dabyl\":1,\"id\":\"" NO_ID "\",\"kind\":\"%s\",\"from\":\"%s\",%s"
        "\"sent\":\"" NO_MOMENT "\",\"status\":\"actual\",\"marking\":\"%s\","
        "\"nonce\":\"" NO_NONCE "\",\"summary\":{\"en\":\"Scanning of a control network "
        "segment from a foreign range\"},\"body\":{%s%s%s",
        kind, from, kinds[i].to, kinds[i].marking, kinds[i].before, moment,
        kinds[i].behind ? kinds[i].behind : "");
    if (n < 0 || (size_t)n + 3 > size || size > sizeof self->text)
        return false;
    memset(self->text + n, 'x', size - (size_t)n - 3);
    memcpy(self->text + size - 3, "\"}}", 3);
    self->size = size;
    self->id = strstr(self->text, NO_ID);
    self->sent = strstr(self->text, NO_MOMENT);
    self->nonce = strstr(self->text, NO_NONCE);
    return true;
}

// The number rides in the last twelve digits of the id.
static void make_id(
    uint64_t number, int64_t wall_ms, const uint8_t random[4], char id[LETTER_ID])
{
    uint8_t bytes[10];
    memcpy(bytes, random, 4);
    for (int i = 0; i < 6; i++)
        bytes[9 - i] = (uint8_t)(number >> (8 * i));
    uuid7_from(wall_ms, bytes, id);
}

span_t letter_write(letter_t *self, uint64_t number, int64_t wall_ms, char id[LETTER_ID])
{
    uint8_t random[20];
    char nonce[sizeof NO_NONCE], sent[TIME_TEXT];
    random_bytes(random, sizeof random);
    hex_encode(random, 16, nonce);
    time_print(wall_ms, sent);
    make_id(number, wall_ms, random + 16, id);
    memcpy(self->id, id, LETTER_ID - 1);
    memcpy(self->nonce, nonce, sizeof nonce - 1);
    memcpy(self->sent, sent, TIME_TEXT - 1);
    return span_of(self->text, self->size);
}

uint64_t letter_number(const char *id)
{
    uint64_t number = 0;
    (void)hex_decode(span_of(id + 24, 12), (uint8_t *)&number + 2, 6);
    return be64toh(number);
}
