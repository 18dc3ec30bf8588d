#include "server/net/forwarded.h"

/* The last element, trimmed; the list is cut in front of it. */
static struct slice take_last(struct slice *list)
{
    const char *comma = list->len ? memrchr(list->p, ',', list->len) : NULL;
    size_t from = comma ? (size_t)(comma - list->p) + 1 : 0;
    struct slice last = {.p = list->p + from, .len = list->len - from};
    list->len = comma ? from - 1 : 0;
    return slice_trim(last);
}

bool forwarded_for(struct slice list, const struct address_set *proxies, struct address *out)
{
    struct address a;
    if (!list.p || !list.len)
        return false;
    do {
        struct slice last = take_last(&list);
        if (address_parse(&a, last.p, last.len))
            return false;
    } while (list.len && address_set_has(proxies, &a));
    *out = a;
    return true;
}

bool forwarded_is_https(struct slice proto)
{
    return slice_is_nocase(proto, "https") || slice_is_nocase(proto, "wss");
}
