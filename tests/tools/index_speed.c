// index_speed NODE COUNT - how fast a catalogue of so many messages answers: rows are
// written by the same function that takes in files, into NODE/state/index.sqlite, and
// each kind of question is asked some times.  A
// COUNT of 0 asks what is there.  For people who change it; no test.

#include "lib/base/file.h"
#include "lib/base/times.h"
#include "lib/sys/clock.h"
#include "nodes/index/index_find.h"
#include "nodes/index/index_put.h"
#include "nodes/index/mail_index_state.h"

#include <inttypes.h>
#include <stdlib.h>
#include <time.h>

enum { PORTION = 256, TIMES = 5, PAGE = 50, MOST = 10000, YEAR_MS_THOUSANDTH = 31536000 };

static const int64_t begin_ms = 1735689600000; // 2025-01-01
static const char *const sectors[] = {"power-supply", "banking", "healthcare",
    "transport", "communications", "e-government", "industry", "other"};
static const char *const kinds[] = {"incident.notice", "security.alert",
    "acknowledgement", "threat.report", "advisory", "incident.update"};
static const char *const ru[] = {"остановлена", "автоматика", "подстанции", "утечка",
    "данных", "сбой", "сервер", "вирус", "шифровальщик", "банк", "счета", "доступ",
    "учётная", "запись", "сеть", "отказ", "обслуживании", "фишинг", "письмо", "узел"};
static const char *const kk[] = {"қосалқы", "станция", "тоқтатылды", "деректер", "ағып",
    "кетті", "сервер", "вирус", "желі", "шабуыл", "бұзылды", "энергия", "жүйе",
    "қауіпсіздік", "оқиға", "хабар", "банк", "шот", "қолжетімділік", "істен"};
static const char *const en[] = {"stopped", "substation", "automation", "leak", "data",
    "failure", "server", "virus", "ransomware", "bank", "accounts", "access", "network",
    "denial", "service", "phishing", "mail", "node", "control", "manual"};

static uint64_t state = 1;

static uint64_t next(void)
{
    state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return state >> 33;
}

static void sentence(const char *const words[20], char *out, size_t room)
{
    size_t used = 0;
    out[0] = 0;
    for (int i = 0; i < 12; i++)
        used += (size_t)snprintf(out + used, room - used, "%s ", words[next() % 20]);
    (void)snprintf(out + used, room - used, "w%" PRIu64, next() % 50000);
}

static int put_one(index_put_t *put, uint64_t i, uint64_t n, cause_t *why)
{
    char id[UUID_TEXT], stem[64], object[32], author[32], text[3][400];
    uint8_t random[10];
    buf_t words = {0};
    int64_t at = begin_ms + (int64_t)(i * (uint64_t)YEAR_MS_THOUSANDTH * 1000 / n);
    for (int b = 0; b < 10; b++)
        random[b] = (uint8_t)next();
    uuid7_from(at, random, id);
    (void)snprintf(stem, sizeof stem, "%012" PRIu64 "-%s", i + 1, id);
    (void)snprintf(object, sizeof object, "kz-%04" PRIu64, next() % 3000);
    (void)snprintf(author, sizeof author, "isoc-%" PRIu64, next() % 60);
    sentence(kk, text[0], sizeof text[0]);
    sentence(ru, text[1], sizeof text[1]);
    sentence(en, text[2], sizeof text[2]);
    const char *kind = kinds[next() % 6];
    index_entry_t entry = {.folder = i % 10 == 0 ? INDEX_SENT : INDEX_INBOX,
        .stem = i % 10 == 0 ? id : stem,
        .number = i % 10 == 0 ? 0 : i + 1,
        .id = id,
        .author = author,
        .kind = kind,
        .status = i % 50 == 0 ? "exercise" : "actual",
        .exercise = i % 50 == 0 ? "autumn" : "",
        .at_ms = at,
        .position = 2 * i + 7,
        .level = kind[0] == 'a' ? -1 : (int)(next() % 6),
        .sector = sectors[next() % 8],
        .object = object};
    buf_printf(&words, "%s\n%s\n%s\n%s\n%s\n%s\n%s\n%s\n%s %s\n", id, author, kind,
        object, entry.sector, text[0], text[1], text[2], text[1], text[2]);
    entry.words = buf_span(&words);
    int result = index_put(put, &entry, why);
    buf_destroy(&words);
    return result;
}

static int fill(mail_index_t *index, uint64_t n, cause_t *why)
{
    index_put_t *put = index_put_begin(index, why);
    int result = put ? 0 : -1;
    for (uint64_t i = 0; result == 0 && i < n; i++) {
        if (i % PORTION == 0)
            result = index_run(index, "BEGIN IMMEDIATE", why);
        if (result == 0)
            result = put_one(put, i, n, why);
        if (result == 0 && (i % PORTION == PORTION - 1 || i + 1 == n))
            result = index_run(index, "COMMIT", why);
    }
    index_put_end(&put);
    return result;
}

static int ask_page(mail_index_t *index, const index_query_t *query, cause_t *why)
{
    int n = 0;
    index_found_t *found = index_find(index, query, PAGE, why);
    while (found && index_found_next(found, why) == 1)
        n++;
    index_found_close(&found);
    return n;
}

// Of this process: a machine that others work on says little by its clock.
static int64_t spent_us(void)
{
    struct timespec at;
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &at);
    return (int64_t)at.tv_sec * 1000000 + at.tv_nsec / 1000;
}

// As a page asks: opened anew, the rows, and how many there are.
static void measure(const char *node, const char *name, const index_query_t *query)
{
    int64_t wall_us = 0, cpu_us = 0, total = 0;
    cause_t why;
    for (int i = 0; i < TIMES; i++) {
        int64_t from_us = clock_us(CLOCK_STEADY), from_cpu_us = spent_us();
        mail_index_t *index = mail_index_read(node, &why);
        if (!index || ask_page(index, query, &why) < 0)
            fprintf(stderr, "%s\n", why.text);
        total = index ? index_count(index, query, MOST, &why) : -1;
        mail_index_close(&index);
        int64_t us = clock_us(CLOCK_STEADY) - from_us, cpu = spent_us() - from_cpu_us;
        wall_us = us > wall_us ? us : wall_us;
        cpu_us = cpu > cpu_us ? cpu : cpu_us;
    }
    printf("%-28s %7" PRId64 " found, at worst %7.1f ms, %7.1f ms of a processor\n", name,
        total, (double)wall_us / 1000, (double)cpu_us / 1000);
}

static void measure_all(const char *node)
{
    const int64_t month = INT64_C(30) * 86400000;
    const struct {
        const char *name;
        index_query_t query;
    } asked[] = {
        {"everything", {.level = 0}},
        {"a rare word", {.text = "w4711"}},
        {"a common word (ru)", {.text = "автоматика"}},
        {"the same, its beginning", {.text = "авто"}},
        {"two letters", {.text = "қо"}},
        {"two words (kk)", {.text = "ҚАУІПСІЗДІК шабуыл"}},
        {"a word and a sector", {.text = "ransomware", .sector = "banking"}},
        {"object", {.object = "kz-0417"}},
        {"sector", {.sector = "banking"}},
        {"sector, kind, level",
            {.sector = "banking", .kind = "incident.notice", .level = 4}},
        {"author", {.from = "isoc-7"}},
        {"level 3", {.level = 3}},
        {"level 5", {.level = 5}},
        {"level 1", {.level = 1}},
        {"kind", {.kind = "advisory"}},
        {"exercise", {.exercise = "autumn"}},
        {"a month", {.has_since = true,
                        .since_ms = begin_ms + 3 * month,
                        .has_until = true,
                        .until_ms = begin_ms + 4 * month}},
        {"a word in a month", {.text = "сервер",
                                  .has_since = true,
                                  .since_ms = begin_ms + 3 * month,
                                  .has_until = true,
                                  .until_ms = begin_ms + 4 * month}},
        {"sent", {.folder = {[INDEX_SENT] = true}}},
        {"nothing like that", {.text = "нетакого", .kind = "advisory", .level = 5}},
    };
    for (size_t i = 0; i < sizeof asked / sizeof *asked; i++)
        measure(node, asked[i].name, &asked[i].query);
}

int main(int argc, char **argv)
{
    cause_t why = {""};
    char state_folder[PATH_MAX];
    mail_index_t *index = NULL;
    uint64_t n;
    if (argc != 3 || !decimal_decode(span_text(argv[2]), &n)) {
        fprintf(stderr, "usage: index_speed NODE COUNT\n");
        return 2;
    }
    int64_t from_ms = clock_ms(CLOCK_STEADY);
    if (path_join(state_folder, sizeof state_folder, argv[1], "state", &why) != 0 ||
        folder_make(state_folder, 0700, &why) != 0 ||
        mail_index_write(argv[1], INDEX_CHECK_SMALL, &index, &why) != INDEX_WRITES ||
        fill(index, n, &why) != 0) {
        fprintf(stderr, "%s\n", why.text);
        mail_index_close(&index);
        return 1;
    }
    mail_index_close(&index);
    printf("%" PRIu64 " rows written in %.1f s\n", n,
        (double)(clock_ms(CLOCK_STEADY) - from_ms) / 1000);
    measure_all(argv[1]);
    return 0;
}
