#include "server/importer/record.h"

static const enum store_role roles[ROSTER_ROLES] = {
    [ROSTER_STUDENT] = STORE_STUDENT,
    [ROSTER_HOMEROOM] = STORE_HOMEROOM,
    [ROSTER_TUTOR] = STORE_TUTOR,
    [ROSTER_LECTURER] = STORE_LECTURER,
};

static bool find_role(enum store_role role, enum roster_role *out)
{
    for (int i = 0; i < ROSTER_ROLES; i++) {
        if (roles[i] == role) {
            *out = (enum roster_role)i;
            return true;
        }
    }
    return false;
}

bool record_of(const struct store_row *row, struct roster_record *out)
{
    const struct store_place *place = &row->place;
    const struct store_member *member = &row->member;
    *out = (struct roster_record){.school = "", .klass = "", .home = "", .person = "", .name = ""};
    switch (row->kind) {
    case STORE_ROW_PLACE:
        out->kind = *place->klass ? ROSTER_CLASS : ROSTER_SCHOOL;
        out->school = place->school;
        out->klass = place->klass;
        out->name = place->name;
        out->grade = (uint8_t)place->grade;
        return true;
    case STORE_ROW_PERSON:
        out->kind = ROSTER_PERSON;
        out->home = row->person.school;
        out->person = row->person.code;
        out->name = row->person.name;
        return *out->home != '\0'; /* the district's office is in no list */
    case STORE_ROW_ROLE:
        out->kind = ROSTER_ROLE;
        out->school = member->school;
        out->klass = member->klass;
        out->home = member->person.school;
        out->person = member->person.code;
        return *out->home && find_role(member->role, &out->role);
    case STORE_ROW_WARD:
        out->kind = ROSTER_GUARDIAN;
        out->school = row->ward.school;
        out->ward = row->ward.code;
        out->ward_name = row->ward.name;
        out->home = row->guardian.school;
        out->person = row->guardian.code;
        out->name = row->guardian.name;
        return *out->home && *out->school;
    }
    return false;
}

void record_change(struct batch *batch, const struct roster_line *line)
{
    const struct roster_record *r = line->record;
    const struct store_person person = {.school = r->home, .code = r->person, .name = r->name};
    const struct store_member member = {
        .person = person, .role = roles[r->role], .school = r->school, .klass = r->klass};
    const struct store_place place = {
        .school = r->school, .klass = r->klass, .name = r->name, .grade = r->grade};
    const struct store_person ward = {.school = r->school, .code = r->ward, .name = ""};
    bool is_gone = line->fate == ROSTER_REMOVED;
    switch (r->kind) {
    case ROSTER_SCHOOL:
    case ROSTER_CLASS:
        if (is_gone)
            batch_drop_place(batch, r->school, r->klass);
        else
            batch_put_place(batch, &place);
        break;
    case ROSTER_PERSON:
        if (is_gone)
            batch_drop_person(batch, r->home, r->person);
        else
            batch_put_person(batch, &person);
        break;
    case ROSTER_ROLE:
        if (is_gone)
            batch_drop_role(batch, &member);
        else
            batch_put_role(batch, &member);
        break;
    case ROSTER_GUARDIAN:
        if (is_gone)
            batch_drop_guardian(batch, &person, &ward);
        else
            batch_put_guardian(batch, &person, &ward);
        break;
    case ROSTER_KINDS: break;
    }
}
