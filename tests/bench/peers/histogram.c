// histogram - the place of a value is its highest eight bits and where they stand.

#include "tests/bench/peers/histogram.h"

#include <stddef.h>

enum { FINE_BITS = 7, FINE = 1 << FINE_BITS };

static size_t place_of(uint64_t value)
{
    if (value < FINE)
        return (size_t)value;
    unsigned above = 63 - (unsigned)__builtin_clzll(value) - FINE_BITS;
    size_t place = (above + 1) * FINE + (size_t)(value >> above & (FINE - 1));
    return place < HISTOGRAM_PLACES ? place : HISTOGRAM_PLACES - 1;
}

// The middle of what a place stands for.
static double value_of(size_t place)
{
    if (place < FINE)
        return (double)place;
    unsigned above = (unsigned)(place / FINE) - 1;
    uint64_t low = (uint64_t)(FINE + place % FINE) << above;
    return (double)low + (double)(UINT64_C(1) << above) / 2;
}

void histogram_add(histogram_t *self, int64_t ns)
{
    self->place[place_of(ns < 0 ? 0 : (uint64_t)ns)]++;
    self->n++;
}

void histogram_merge(histogram_t *self, const histogram_t *other)
{
    for (size_t i = 0; i < HISTOGRAM_PLACES; i++)
        self->place[i] += other->place[i];
    self->n += other->n;
}

double histogram_us(const histogram_t *self, double quantile)
{
    uint64_t seen = 0;
    double wanted = quantile * (double)self->n;
    for (size_t i = 0; i < HISTOGRAM_PLACES; i++) {
        seen += self->place[i];
        if (seen > 0 && (double)seen >= wanted)
            return value_of(i) / 1000;
    }
    return 0;
}
