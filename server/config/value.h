#ifndef AIRCLASS_SERVER_CONFIG_VALUE_H
#define AIRCLASS_SERVER_CONFIG_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Values as people write them, with their unit: 8080, 250ms, 64KiB, 30k. */
enum value_unit {
    UNIT_COUNT, /* a plain number */
    UNIT_MS,    /* kept in milliseconds: 250ms 4s 2min 1h */
    UNIT_S,     /* kept in seconds: 4s 2min 1h */
    UNIT_BYTES, /* kept in bytes: 512B 64KiB 1MiB */
    UNIT_MIB,   /* kept in MiB: 512MiB 2GiB */
    UNIT_BITS,  /* kept in bits or bits a second: 8000 30k 2M */
    UNIT_KBIT,  /* kept in kilobits a second: 45k 2M */
};

enum { NUMBER_TEXT_MAX = 24 };

/* 0; -EINVAL: not a whole number with such a unit (0 needs none); -ERANGE: too large to keep. */
int number_parse(const char *text, enum value_unit unit, uint32_t *out);

/* The shortest text that number_parse() reads back as `n`. */
void number_print(char out[NUMBER_TEXT_MAX], uint32_t n, enum value_unit unit);

/* What such a value looks like, for messages: "a time such as 250ms, 4s or 10min". */
const char *unit_wants(enum value_unit unit);

/* yes, no (and true, false, on, off). 0 or -EINVAL. */
int bool_parse(const char *text, bool *out);

/* Letters, digits, '-' and '_' only, at least one. */
bool word_is_plain(const char *text);

/*
 * Finds the word that somebody probably meant. Offer the candidates one by one; nearest_get() is
 * NULL when none is near enough to be worth naming.
 */
struct nearest {
    const char *word; /* borrowed */
    char best[128];
    unsigned distance;
};

void nearest_start(struct nearest *n, const char *word);
void nearest_offer(struct nearest *n, const char *candidate);
const char *nearest_get(const struct nearest *n);

#endif
