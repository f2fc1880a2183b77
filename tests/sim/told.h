// told - what happened, in the words of the machines' logs and of the simulator.

#ifndef TESTS_SIM_TOLD_H
#define TESTS_SIM_TOLD_H

#include <stdio.h>

void told_print(FILE *out); // the last lines
void told_line(const char *id, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
