// oracle - what must be true when all is quiet again, by a reading of the plan and of the
// folders that shares nothing with the programs.

#ifndef TESTS_SIM_ORACLE_H
#define TESTS_SIM_ORACLE_H

#include <stddef.h>
#include <stdint.h>

typedef struct {
    uint64_t written, receipted, refused, delivered, derived;
    uint64_t entries, proofs, duties;
    uint64_t wrong; // of what must be true
} verdict_t;

// `steps`: what each machine had done (world_at) so many seconds before, in which nobody
// had anything to say.
enum { ORACLE_REST_S = 120 };
verdict_t oracle_judge(const uint64_t *steps);

#endif
