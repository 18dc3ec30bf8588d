#include "codec/gop.h"

void gop_clear(struct gop *g)
{
    for (size_t i = 0; i < g->n; i++)
        av_packet_free(&g->packets[i]);
    g->n = 0;
    g->bytes = 0;
    g->is_broken = false;
}

void gop_break(struct gop *g)
{
    gop_clear(g);
    g->is_broken = true;
}

void gop_push(struct gop *g, const AVPacket *packet)
{
    if (packet->flags & AV_PKT_FLAG_KEY)
        gop_clear(g);
    if (g->is_broken)
        return;
    AVPacket *copy = NULL;
    if (g->n < GOP_PACKETS && g->bytes + (size_t)packet->size <= GOP_BYTES)
        copy = av_packet_clone(packet);
    if (!copy) {
        gop_break(g);
        return;
    }
    g->packets[g->n++] = copy;
    g->bytes += (size_t)packet->size;
}
