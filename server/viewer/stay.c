#include "server/viewer/stay.h"

#include <string.h>

#include "server/access/access.h"
#include "server/lesson/lesson.h"

static const struct stay_end signed_out = {WS_CLOSE_NOT_ALLOWED, "signed out"};
static const struct stay_end not_allowed = {WS_CLOSE_NOT_ALLOWED, "not allowed any more"};
static const struct stay_end replaced = {WS_CLOSE_REPLACED, "another device"};
static const struct stay_end reset = {WS_CLOSE_RESET, "pass ended"};

static struct access_claim claim_of(const struct crowd_params *p, const struct caller *who,
                                    const char *key)
{
    return (struct access_claim){
        .key = key, .caller = who, .directory = p->directory, .plan = p->plan};
}

bool stay_is_allowed(const struct crowd_params *p, const struct caller *who, const char *key,
                     const struct lesson *lesson)
{
    const struct access_claim claim = claim_of(p, who, key);
    return access_may(&claim, ACCESS_WATCH, lesson);
}

static struct door_pass pass_of(const struct caller *who)
{
    struct door_pass pass = {.is_guest = who->kind == CALLER_GUEST,
                             .kind = (enum pass_device)who->device_kind,
                             .device = who->device};
    memcpy(pass.person, who->person, sizeof(pass.person));
    return pass;
}

void stay_begin(struct stay *stay, const struct crowd_params *p, const struct caller *who,
                const char *key, const struct lesson *lesson)
{
    const struct access_claim anybody = {.key = key}, personal = claim_of(p, who, "");
    *stay = (struct stay){.is_personal = !access_may(&anybody, ACCESS_WATCH, lesson),
                          .access_changes = access_changes(&personal)};
    stay->has_pass =
        stay->is_personal && p->door && (who->kind == CALLER_PUPIL || who->kind == CALLER_GUEST);
    if (!stay->has_pass)
        return;
    const struct door_pass pass = pass_of(who);
    door_take_turn(p->door, &pass, &stay->turn);
    stay->door_changes =
        door_changes(p->door) - 1; /* it may have ended since the connection came */
}

static bool is_signed_out(struct stay *stay, const struct crowd_params *p, const struct caller *who)
{
    return p->door && who->kind == CALLER_STAFF &&
           door_has_ended(p->door, who->session, &stay->n_ended);
}

static const struct stay_end *look_at_pass(struct stay *stay, struct door *door)
{
    if (!stay->has_pass || stay->door_changes == door_changes(door))
        return NULL;
    stay->door_changes = door_changes(door);
    switch (door_standing(door, &stay->turn)) {
    case DOOR_STILL_IN: return NULL;
    case DOOR_REPLACED: return &replaced;
    case DOOR_RESET: break;
    }
    return &reset;
}

/* One that is gone sends its viewers away itself. */
static bool may_still(struct stay *stay, const struct crowd_params *p, const struct caller *who,
                      const char *lesson)
{
    const struct access_claim claim = claim_of(p, who, "");
    uint32_t changes = access_changes(&claim);
    if (stay->access_changes == changes)
        return true;
    stay->access_changes = changes;
    const struct lesson *l = lessons_find(p->lessons, lesson);
    return !l || access_may(&claim, ACCESS_WATCH, l);
}

const struct stay_end *stay_look(struct stay *stay, const struct crowd_params *p,
                                 const struct caller *who, const char *lesson)
{
    if (!stay->is_personal)
        return NULL;
    if (is_signed_out(stay, p, who))
        return &signed_out;
    const struct stay_end *end = look_at_pass(stay, p->door);
    return end || may_still(stay, p, who, lesson) ? end : &not_allowed;
}
