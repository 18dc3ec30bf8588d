#include "tests/link/profile.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static const char blanks[] = " \t\r\n";

struct unit {
    const char *name;
    double factor;
};

static const struct unit times[] = {
    {"ms",  1e3 },
    {"s",   1e6 },
    {"min", 60e6},
    {NULL,  0   }
};
static const struct unit sizes[] = {
    {"",   1  },
    {"k",  1e3},
    {"M",  1e6},
    {NULL, 0  }
};
static const struct unit shares[] = {
    {"%",  1e4},
    {NULL, 0  }
};
static const struct unit numbers[] = {
    {"",   1},
    {NULL, 0}
};

static const struct setting {
    const char *name;
    enum profile_what what;
    const struct unit *units;
    double most;
} settings[] = {
    {"rate",   PROFILE_RATE,   sizes,   1e9   },
    {"delay",  PROFILE_DELAY,  times,   60e6  },
    {"jitter", PROFILE_JITTER, times,   60e6  },
    {"loss",   PROFILE_LOSS,   shares,  1e6   },
    {"burst",  PROFILE_BURST,  numbers, 1e3   },
    {"queue",  PROFILE_QUEUE,  sizes,   1e8   },
    {"stall",  PROFILE_STALL,  times,   3600e6},
    {"cut",    PROFILE_CUT,    times,   3600e6},
};

static const char *const others[] = {"title", "seconds", "mode", "lesson", "download", "target"};

static int parse_value(const char *word, const struct unit *units, double most, uint32_t *out)
{
    char *end;
    double v = strtod(word, &end);
    if (end == word || !(v >= 0))
        return -EINVAL;
    for (; units->name; units++) {
        if (strcmp(end, units->name) == 0 && v * units->factor <= most) {
            *out = (uint32_t)(v * units->factor + 0.5);
            return 0;
        }
    }
    return -EINVAL;
}

static int add(struct profile *p, const struct profile_change *c)
{
    if (p->n == PROFILE_CHANGES_MAX)
        return -E2BIG;
    p->changes[p->n++] = *c;
    return 0;
}

static int parse_setting(struct profile *p, struct profile_change c, char *word)
{
    char *value = strchr(word, '=');
    if (!value)
        return -EINVAL;
    *value++ = '\0';
    for (size_t i = 0; i < sizeof(settings) / sizeof(settings[0]); i++) {
        const struct setting *s = &settings[i];
        if (strcmp(word, s->name) != 0)
            continue;
        c.what = s->what;
        int err = parse_value(value, s->units, s->most, &c.value);
        return err ? err : add(p, &c);
    }
    return -EINVAL;
}

/* `at T` and `every T` before the rest; the first word behind them is left in `*word`. */
static int parse_when(struct profile_change *c, char **word, char **rest)
{
    while (*word && (strcmp(*word, "at") == 0 || strcmp(*word, "every") == 0)) {
        const char *time = strtok_r(NULL, blanks, rest);
        uint32_t us;
        if (!time || parse_value(time, times, 4e9, &us) != 0)
            return -EINVAL;
        if ((*word)[0] == 'a')
            c->at_us = us;
        else if (us > 0)
            c->every_us = us;
        else
            return -EINVAL;
        *word = strtok_r(NULL, blanks, rest);
    }
    return *word ? 0 : -EINVAL;
}

static uint32_t directions_of(const char *word)
{
    if (strcmp(word, "down") == 0)
        return PROFILE_DOWN;
    if (strcmp(word, "up") == 0)
        return PROFILE_UP;
    return strcmp(word, "both") == 0 ? PROFILE_DOWN | PROFILE_UP : 0;
}

static int parse_line(struct profile *p, char *line)
{
    char *rest, *word = strtok_r(line, blanks, &rest);
    struct profile_change c = {.at_us = 0};
    if (!word || word[0] == '#')
        return 0;
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        if (strcmp(word, others[i]) == 0)
            return 0;
    }
    if (parse_when(&c, &word, &rest) != 0)
        return -EINVAL;
    if (strcmp(word, "address") == 0) {
        c.what = PROFILE_ADDRESS;
        return strtok_r(NULL, blanks, &rest) ? -EINVAL : add(p, &c);
    }
    c.directions = directions_of(word);
    word = strtok_r(NULL, blanks, &rest);
    if (!c.directions || !word)
        return -EINVAL;
    int err = 0;
    for (; word && word[0] != '#' && !err; word = strtok_r(NULL, blanks, &rest))
        err = parse_setting(p, c, word);
    return err;
}

int profile_read(struct profile *p, FILE *file, char error[PROFILE_ERROR_MAX])
{
    char line[256];
    p->n = 0;
    for (int number = 1; fgets(line, sizeof(line), file); number++) {
        snprintf(error, PROFILE_ERROR_MAX, "line %d: %.60s", number, line);
        int err = parse_line(p, line);
        if (err) {
            error[strcspn(error, "\r\n")] = '\0';
            return err;
        }
    }
    return 0;
}

static struct profile_change *earliest(const struct profile *p)
{
    const struct profile_change *first = NULL;
    for (size_t i = 0; i < p->n; i++) {
        if (!first || p->changes[i].at_us < first->at_us)
            first = &p->changes[i];
    }
    return (struct profile_change *)first;
}

bool profile_due(struct profile *p, uint64_t now_us, struct profile_change *out)
{
    struct profile_change *c = earliest(p);
    if (!c || c->at_us > now_us)
        return false;
    *out = *c;
    if (c->every_us)
        c->at_us += c->every_us;
    else
        c->at_us = UINT64_MAX;
    return true;
}

uint64_t profile_next_us(const struct profile *p)
{
    const struct profile_change *c = earliest(p);
    return c ? c->at_us : UINT64_MAX;
}

void profile_apply(const struct profile_change *c, struct hop *hop, uint64_t now_us)
{
    switch (c->what) {
    case PROFILE_RATE: hop->set.rate_bps = c->value; break;
    case PROFILE_DELAY: hop->set.delay_us = c->value; break;
    case PROFILE_JITTER: hop->set.jitter_us = c->value; break;
    case PROFILE_LOSS: hop->set.loss_ppm = c->value; break;
    case PROFILE_BURST: hop->set.burst = c->value; break;
    case PROFILE_QUEUE: hop->set.queue_bytes = c->value; break;
    case PROFILE_STALL: hop_freeze(hop, now_us + c->value); break;
    case PROFILE_CUT: hop_cut(hop, now_us + c->value); break;
    case PROFILE_ADDRESS: break;
    }
}
