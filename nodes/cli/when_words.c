// when_words - the words of three languages for days, units and "ago".

#include "nodes/cli/when.h"

#include <stdbool.h>
#include <string.h>

enum { MINUTE = 60, HOUR = 60 * 60, WEEK = 7 };

typedef struct {
    when_meaning_t meaning;
    const char *words; // with blanks between
} row_t;

static const row_t rows[] = {
    {{WHEN_FILLER, 0}, "at on the of o'clock в во на с со сағат-та күні"},
    {{WHEN_NOW, 0}, "now сейчас қазір"},
    {{WHEN_DAY, 0}, "today сегодня бүгін"},
    {{WHEN_DAY, 1}, "yesterday вчера кеше"},
    {{WHEN_DAY, 2}, "позавчера алдыңғы алдыңгүні бұрнағы бұрнағыкүні"},
    {{WHEN_LAST, 0},
        "last прошлый прошлая прошлую прошлое прошлой прошлого өткен былтырғы"},
    {{WHEN_AGO, 0}, "ago back назад бұрын"},
    {{WHEN_ONE, 1}, "a an one один одну одна бір"},
    {{WHEN_WEEKDAY, 1}, "monday mon понедельник пн дүйсенбі дс"},
    {{WHEN_WEEKDAY, 2}, "tuesday tue вторник вт сейсенбі сс"},
    {{WHEN_WEEKDAY, 3}, "wednesday wed среда среду ср сәрсенбі"},
    {{WHEN_WEEKDAY, 4}, "thursday thu четверг чт бейсенбі бс"},
    {{WHEN_WEEKDAY, 5}, "friday fri пятница пятницу пт жұма жм"},
    {{WHEN_WEEKDAY, 6}, "saturday sat суббота субботу сб сенбі сн"},
    {{WHEN_WEEKDAY, 0}, "sunday sun воскресенье вс жексенбі жс"},
    {{WHEN_SECOND, 1}, "s sec second seconds сек секунда секунду секунды секунд"},
    {{WHEN_SECOND, MINUTE},
        "min mins minute minutes мин минута минуту минуты минут минуттан"},
    {{WHEN_SECOND, HOUR}, "h hr hrs hour hours ч час часа часов сағ сағат"},
    {{WHEN_DAYS, 1}, "d day days д дн день дня дней сутки суток күн"},
    {{WHEN_DAYS, WEEK}, "w week weeks нед неделя неделю недели недель апта"},
    {{WHEN_MONTHS, 1}, "month months мес месяц месяца месяцев ай"},
    {{WHEN_MONTHS, 12}, "year years год года лет жыл"},
};

static bool has_word(const char *words, const char *word)
{
    size_t length = strlen(word);
    for (const char *at = words; *at; at += strspn(at, " ")) {
        size_t there = strcspn(at, " ");
        if (there == length && memcmp(at, word, length) == 0)
            return true;
        at += there;
    }
    return false;
}

when_meaning_t when_meaning(const char *word)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (has_word(rows[i].words, word))
            return rows[i].meaning;
    return (when_meaning_t){WHEN_UNKNOWN, 0};
}
