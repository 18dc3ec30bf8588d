#include "codec/outlet.h"

int outlet_emit(void *arg, const struct unit *unit)
{
    const struct outlet *o = arg;
    return link_send(o->link, &(struct link_out){.type = WIRE_UNIT,
                                                 .rendition = o->rendition,
                                                 .kind = (uint8_t)unit->kind,
                                                 .pts_ms = unit->pts_ms,
                                                 .head = unit->head,
                                                 .head_len = unit->head_len,
                                                 .data = unit->data,
                                                 .len = unit->len});
}
