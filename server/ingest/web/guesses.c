#include "server/ingest/web/guesses.h"

#include <string.h>

#include <arpa/inet.h>

static void read_address(uint8_t out[9], const char *text)
{
    uint8_t bytes[16] = {0};
    memset(out, 0, 9);
    if (inet_pton(AF_INET, text, bytes) == 1) {
        memcpy(out, bytes, 4);
    } else if (inet_pton(AF_INET6, text, bytes) == 1) {
        memcpy(out, bytes, 8);
        out[8] = 1;
    }
}

static uint32_t level_now(struct guesses *g, size_t i, uint64_t now_ms)
{
    uint64_t passed_ms = now_ms - g->of[i].at_ms;
    return passed_ms < g->of[i].level_ms ? g->of[i].level_ms - (uint32_t)passed_ms : 0;
}

/* Its place, or that of the one with the least on its account. */
static size_t place_of(struct guesses *g, const uint8_t address[9], uint64_t now_ms)
{
    size_t least = 0;
    for (size_t i = 0; i < GUESSES_ADDRESSES; i++) {
        if (memcmp(g->of[i].address, address, 9) == 0 && g->of[i].level_ms > 0)
            return i;
        if (level_now(g, i, now_ms) < level_now(g, least, now_ms))
            least = i;
    }
    return least;
}

static bool is_there(const struct guesses *g, size_t i, const uint8_t address[9])
{
    return memcmp(g->of[i].address, address, 9) == 0;
}

bool guesses_may(struct guesses *g, const char *address, uint64_t now_ms)
{
    uint8_t bytes[9];
    read_address(bytes, address);
    size_t i = place_of(g, bytes, now_ms);
    return !is_there(g, i, bytes) ||
           level_now(g, i, now_ms) <= (GUESSES_MOST - 1) * GUESSES_EVERY_MS;
}

void guesses_wrong(struct guesses *g, const char *address, uint64_t now_ms)
{
    uint8_t bytes[9];
    read_address(bytes, address);
    size_t i = place_of(g, bytes, now_ms);
    uint32_t level_ms = is_there(g, i, bytes) ? level_now(g, i, now_ms) : 0;
    memcpy(g->of[i].address, bytes, sizeof(bytes));
    g->of[i].level_ms = level_ms + GUESSES_EVERY_MS;
    g->of[i].at_ms = now_ms;
}
